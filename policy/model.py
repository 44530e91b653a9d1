"""What a policy is: frozen values with no I/O. The models of the YAML files also make `schemas/`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from policy.leaves import (
    Country,
    Day,
    DayOrPeriod,
    Days,
    Email,
    Id,
    Locale,
    LocaleCode,
    Period,
    PeriodOrWords,
    Truth,
    Url,
    Words,
    fits,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


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


class Model(BaseModel):
    """What every YAML mapping shares: frozen, and a key that is not known is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    _hash: int | None = PrivateAttr(None)

    def __hash__(self) -> int:
        """Hash the fields once: a policy's facts are looked up for every section of every version."""
        if self._hash is None:
            self._hash = hash(tuple(getattr(self, name) for name in type(self).model_fields))
        return self._hash

    def __getstate__(self) -> dict[Any, Any]:
        """Give its fields alone: a hash holds in one process only."""
        return {**super().__getstate__(), "__pydantic_private__": {"_hash": None}}


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


class Row(Model):
    """What every row of a fact file shares."""

    id: Id


class Purpose(Row):
    """Why data is used, and on what legal basis (GDPR Art. 13(1)(c), (d)); formål."""

    name: Words
    legal_basis: (
        Literal[
            "consent",
            "contract",
            "legal_obligation",
            "vital_interests",
            "public_task",
            "legitimate_interests",
        ]
        | None
    ) = None
    interest: Words | None = None
    data: tuple[Id, ...] = ()
    audience: tuple[Id, ...] = ()
    retention: Id | None = None


class Category(Row):
    """A kind of personal data (GDPR Art. 14(1)(d))."""

    name: Words


class Retention(Row):
    """How long something is kept (GDPR Art. 13(2)(a)); lagringstid."""

    what: Words
    data: tuple[Id, ...] = ()
    period: Period | None = None
    criteria: Words | None = None
    after: Words | None = None


class Safeguard(Model):
    """What protects data that leaves the EEA (GDPR Art. 13(1)(f), 46)."""

    kind: Literal["adequacy", "scc", "bcr", "other"]
    text: Words | None = None


class Recipient(Row):
    """Who gets data (GDPR Art. 13(1)(e)); mottaker."""

    name: Words
    role: Literal["processor", "controller", "joint"] | None = None
    country: Country | None = None
    safeguard: Safeguard | None = None


class Cookie(Row):
    """What is kept on the reader's device (ekomloven § 3-15); informasjonskapsel."""

    name: Words
    provider: Words | None = None
    purpose: Words | None = None
    period: PeriodOrWords | None = None


class Source(Row):
    """Where data comes from (GDPR Art. 14(2)(f))."""

    name: Words
    kind: Literal["person", "other"]
    public: Truth | None = None


class Audience(Row):
    """A group of people that a purpose or a change concerns."""

    name: Words


class Rights(Model):
    """Each right and how a reader uses it (GDPR Art. 13(2)(b)–(d), 15–22)."""

    access: Words | None = None
    rectification: Words | None = None
    erasure: Words | None = None
    restriction: Words | None = None
    objection: Words | None = None
    portability: Words | None = None
    withdraw_consent: Words | None = None
    complaint: Words | None = None


class Facts(Model):
    """What is done with personal data, once, for all languages: one field a file of `facts/`."""

    purposes: tuple[Purpose, ...] = ()
    categories: tuple[Category, ...] = ()
    retention: tuple[Retention, ...] = ()
    recipients: tuple[Recipient, ...] = ()
    cookies: tuple[Cookie, ...] = ()
    rights: Rights = Rights()
    sources: tuple[Source, ...] = ()
    audiences: tuple[Audience, ...] = ()


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
        return tuple((key, *said) for key, text in texts.items() if text for said in text.wordings)


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
    def renamed(self) -> Mapping[str, str]:
        """Lead from each id that a section once had to the one that it has."""
        every = (section for own in self.sections.values() for section in own)
        return {alias: section.id for section in every for alias in section.aliases}
