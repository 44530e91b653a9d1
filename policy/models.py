"""What a policy is: frozen values with no I/O. The models of the YAML files also make `schemas/`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from policy.fields import (
    Day,
    DayOrPeriod,
    Days,
    Email,
    Id,
    Locale,
    LocaleCode,
    Model,
    Url,
    Words,
    fits,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policy.fact_models import Facts


class Level(StrEnum):
    """How much a change means to a reader; the order is that of weight."""

    MINOR = "minor"
    MAJOR = "major"
    SPECIAL = "special"

    @property
    def weight(self) -> int:
        """Higher means more; levels compare by this, never by their letters."""
        return list(Level).index(self)


class Channel(StrEnum):
    """Where an announcement is told (section 9 of the policy, contract §1 `announce`)."""

    HELP_CENTRE = "help_centre"
    LOGIN = "login"
    EMAIL = "email"
    ALERT = "alert"


class Controller(Model):
    """Who decides about the data (GDPR Art. 4(7), 13(1)(a)); behandlingsansvarlig."""

    name: Words
    address: Words | None = None
    email: Email | None = None
    phone: str | None = None
    website: Url | None = None
    former_names: tuple[str, ...] = ()


class Contact(Model):
    """The data protection officer (GDPR Art. 13(1)(b)); personvernombud."""

    name: Words | None = None
    email: Email | None = None
    phone: str | None = None


class Authority(Model):
    """Where a reader can complain (GDPR Art. 13(2)(d)); tilsynsmyndighet."""

    name: Words
    url: Url | None = None


class Mail(Model):
    """How letters are signed."""

    from_: Annotated[Email, Field(alias="from")]
    reply_to: Email | None = None


class Announce(Model):
    """Section 9 of the policy as data: which level is told where."""

    minor: tuple[Channel, ...] = ()
    major: tuple[Channel, ...] = (Channel.HELP_CENTRE, Channel.LOGIN, Channel.EMAIL)
    special: tuple[Channel, ...] = tuple(Channel)

    def channels(self, level: Level) -> tuple[Channel, ...]:
        """Give the channels of one level, in the order of `Channel`."""
        chosen = getattr(self, level.value)
        return tuple(channel for channel in Channel if channel in chosen)


class LeadDays(Model):
    """Least days from publication to effect; this product's own defaults (WP260 ¶30 fixes none)."""

    minor: Days = 0
    major: Days = 30
    special: Days = 30


class Accepted(Model):
    """A finding of `check` that is known, why, and until when (law.md)."""

    rule: str
    reason: str
    until: Day


class Settings(Model):
    """`policy.yaml`: who, where, which languages, how announcements go out."""

    title: Words
    base_url: Annotated[Url, fits(r".*/", "a base address ends with /; add it")]
    languages: Annotated[tuple[LocaleCode, ...], Field(min_length=1)]
    controller: Controller
    dpo: Contact | None = None
    authority: Authority | None = None
    mail: Mail | None = None
    announce: Announce = Announce()
    lead_days: LeadDays = LeadDays()
    show_days: Days = 90
    accepted: tuple[Accepted, ...] = ()


class ChangeNote(Model):
    """`changes/NAME.yaml`: what an editor tells readers about a change; endringsnotat."""

    level: Level
    effective: DayOrPeriod | None = None
    summary: Words
    action: Words | None = None
    reason: Words | None = None
    affects: tuple[Id, ...] = ()
    lower_reason: Words | None = None

    @cached_property
    def texts(self) -> tuple[tuple[str, Locale, str], ...]:
        """Every wording of the note: the key it stands under, its language, the Markdown."""
        texts = {key: getattr(self, key) for key in ("summary", "action", "reason", "lower_reason")}
        return tuple((key, *said) for key, text in texts.items() if text for said in text.variants)


class Redaction(Model):
    """Words that must go from a published version, why, and on what day it was decided (contract §2)."""

    version: Annotated[str, fits(r"\d+\.\d+", "not a version; write its number, like 1.0")]
    language: LocaleCode
    section: Id
    words: Annotated[str, Field(min_length=1)]
    reason: str
    date: Day


class Redactions(Model):
    """`redactions.yaml`, as the value of its one key."""

    redactions: tuple[Redaction, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """One section in one language as it was typed; `line` is where `body` begins in `path`."""

    path: str
    stem: str
    id: str
    title: str
    aliases: tuple[str, ...]
    translates: str
    body: str
    line: int

    @property
    def place(self) -> tuple[int, str]:
        """Where it stands among the others: by the number that its file begins with."""
        return int(self.stem.partition("-")[0]), self.stem


@dataclass(frozen=True, slots=True)
class Policy:
    """One state of `content/`, whole: what a revision or the editor's disk holds."""

    settings: Settings
    facts: Facts
    sections: Mapping[Locale, tuple[Section, ...]]
    notes: Mapping[str, ChangeNote]
    redactions: tuple[Redaction, ...] = ()

    @property
    def languages(self) -> tuple[Locale, ...]:
        """The languages published; the first prevails."""
        return self.settings.languages

    @property
    def aliases(self) -> Mapping[str, str]:
        """Lead from each id that a section once had to the one that it has."""
        every = (section for own in self.sections.values() for section in own)
        return {alias: section.id for section in every for alias in section.aliases}
