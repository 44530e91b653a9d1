"""The values of a policy: settings, change notes, redactions, sections. Frozen, and without any I/O.

The JSON Schemas in `schemas/` are generated from the models of the YAML files (`schemas.py`), their
descriptions from the docstrings here. The keys are described in docs/reference/content.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Annotated, ClassVar, TypeAlias

from pydantic import Field

from common.messages import Message
from policy.fact_models import Facts
from policy.fields import (
    BaseAddressField,
    BooleanField,
    CharacterRangeField,
    ColourField,
    CommitField,
    DateField,
    DateOrDurationField,
    DayCountField,
    EmailField,
    HashField,
    IdField,
    LineField,
    LinkNumberField,
    Locale,
    LocaleCode,
    LocalizedLineField,
    LocalizedTextField,
    Model,
    OriginField,
    RulesEpochField,
    SaltField,
    UrlField,
    must_match,
)
from policy.logos import LogoFile


class Level(StrEnum):
    """How important a change is to readers, in ascending order."""

    MINOR = "minor"
    MAJOR = "major"
    SPECIAL = "special"

    @property
    def weight(self) -> int:
        """The rank of the level, from 0. Compare levels by it: as strings they sort alphabetically."""
        return list(Level).index(self)


class Channel(StrEnum):
    """Where a change is announced (`announce` in policy.yaml)."""

    HELP_CENTRE = "help_centre"
    LOGIN = "login"
    EMAIL = "email"
    ALERT = "alert"


class Told(StrEnum):
    """Who gets the letter about a change."""

    EVERYBODY = "everybody"
    AFFECTED = "affected"


class Controller(Model):
    """The controller of the data (GDPR Art. 4(7), 13(1)(a)); behandlingsansvarlig."""

    name: LocalizedLineField
    address: LocalizedTextField | None = None
    email: EmailField | None = None
    phone: LineField | None = None
    website: UrlField | None = None
    # `check` reports each text that still uses one.
    former_names: tuple[LineField, ...] = ()


class DataProtectionOfficer(Model):
    """The data protection officer (GDPR Art. 13(1)(b)); personvernombud."""

    name: LocalizedLineField | None = None
    email: EmailField | None = None
    phone: LineField | None = None


class SupervisoryAuthority(Model):
    """The authority that readers can complain to (GDPR Art. 13(2)(d)); tilsynsmyndighet."""

    name: LocalizedLineField
    url: UrlField | None = None


class Brand(Model):
    """How the organisation is recognised: the colour of links and lines, and the logo above every page."""

    colour: ColourField | None = None
    # One of the two files beside policy.yaml.
    logo: LogoFile | None = None


class MailSettings(Model):
    """The sender of letters about changes."""

    # `from` is a keyword of Python.
    from_: Annotated[EmailField, Field(alias="from")]
    reply_to: EmailField | None = None
    bounce: EmailField | None = None


class AnnouncementChannels(Model):
    """The channels in which changes of each level are announced."""

    minor: tuple[Channel, ...] = ()
    major: tuple[Channel, ...] = (Channel.HELP_CENTRE, Channel.LOGIN, Channel.EMAIL)
    special: tuple[Channel, ...] = tuple(Channel)

    def list_channels(self, level: Level) -> tuple[Channel, ...]:
        """Return the channels of one level, in the order of `Channel`."""
        chosen = getattr(self, level.value)
        # In the order of the enum, so that the order in the file never changes a published page.
        return tuple(channel for channel in Channel if channel in chosen)


class LeadDays(Model):
    """The minimum number of days from publication to effect. WP260 ¶30 asks for notice, not for a number."""

    minor: DayCountField = 0
    major: DayCountField = 30
    special: DayCountField = 30


class AcceptedFinding(Model):
    """A rule of `check` whose findings are accepted, why, and until when (docs/reference/checks.md)."""

    rule: LineField
    reason: LineField
    until: DateField


class Settings(Model):
    """`policy.yaml`: the controller, the address, the languages and how changes are announced."""

    title: LocalizedLineField
    base_url: BaseAddressField
    languages: Annotated[tuple[LocaleCode, ...], Field(min_length=1)]
    controller: Controller
    dpo: DataProtectionOfficer | None = None
    authority: SupervisoryAuthority | None = None
    brand: Brand = Brand()
    mail: MailSettings | None = None
    announce: AnnouncementChannels = AnnouncementChannels()
    lead_days: LeadDays = LeadDays()
    show_days: DayCountField = 90
    # Members' pages that may read notices, besides those of `controller.website`.
    allowed_origins: tuple[OriginField, ...] = ()
    rules: RulesEpochField = "1"
    # The key that the salts of hashes are derived from; it is published nowhere (docs/reference/record.md).
    salt: SaltField | None = None
    accepted: tuple[AcceptedFinding, ...] = ()
    # The last commit of an older history that `build.py history` imported (docs/history.md).
    adopted: CommitField | None = None


VersionNumberField = Annotated[
    str, must_match(r"\d+\.\d+", Message("not a version number"), Message("write it like 1.0"))
]


class ChangeNote(Model):
    """`changes/NAME.yaml`: what readers are told about a change; endringsnotat."""

    level: Level
    effective: DateOrDurationField | None = None
    # The subject of the letter, and the heading wherever the change is announced.
    title: LocalizedLineField | None = None
    summary: LocalizedTextField
    # What readers can do: object, withdraw a consent, leave.
    action: LocalizedTextField | None = None
    reason: LocalizedTextField | None = None
    affects: tuple[IdField, ...] = ()
    # Whether only those whom it affects get the letter.
    tell: Told = Told.EVERYBODY
    # Why the level is below that of the changed facts; it is published.
    lower_reason: LocalizedTextField | None = None
    # The announced versions that are not to come into force.
    withdraws: tuple[VersionNumberField, ...] = ()
    # The sections that a withdrawal changes besides.
    changed_sections: tuple[IdField, ...] = ()
    # The announced versions whose text comes into force with this one, earlier than announced.
    brings_forward: tuple[VersionNumberField, ...] = ()
    # Whether the change also reaches the version in force, not only the announced one.
    also_in_force: BooleanField = False

    @cached_property
    def texts(self) -> tuple[tuple[str, Locale, str], ...]:
        """Every text in Markdown as its key, its language (empty: all) and its source."""
        return _list_texts(self, "summary", "action", "reason", "lower_reason")

    @cached_property
    def titles(self) -> tuple[tuple[str, Locale, str], ...]:
        """Every title in the same way; a title is plain text."""
        return _list_texts(self, "title")


class LateExplanation(Model):
    """`changes/NAME.yaml` with `of`: summary and reason of a version that was published without a note."""

    of: VersionNumberField
    summary: LocalizedTextField
    reason: LocalizedTextField | None = None
    titles: ClassVar[tuple[tuple[str, Locale, str], ...]] = ()

    @cached_property
    def texts(self) -> tuple[tuple[str, Locale, str], ...]:
        """Every text in Markdown as its key, its language (empty: all) and its source."""
        return _list_texts(self, "summary", "reason")


NoteFile: TypeAlias = ChangeNote | LateExplanation


def _list_texts(note: Model, *keys: str) -> tuple[tuple[str, Locale, str], ...]:
    texts = {key: getattr(note, key) for key in keys}
    return tuple((key, *variant) for key, text in texts.items() if text for variant in text.variants)


class RedactedPlace(Model):
    """Where the words are in one version, and the hash of its section with and without them."""

    version: VersionNumberField
    characters: tuple[CharacterRangeField, ...] = ()
    links: tuple[LinkNumberField, ...] = ()
    before: HashField
    after: HashField

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """The start and the end of each range of characters, in order."""
        ranges = (range_.split("-") for range_ in self.characters)
        return tuple(sorted((int(start), int(end)) for start, end in ranges))


class Redaction(Model):
    """Words to remove from published versions, without the words themselves; `build.py redact` writes it."""

    language: LocaleCode
    section: IdField
    reason: LineField
    date: DateField
    versions: Annotated[tuple[RedactedPlace, ...], Field(min_length=1)]

    @property
    def numbers(self) -> frozenset[str]:
        """The numbers of its versions."""
        return frozenset(place.version for place in self.versions)

    @property
    def effect(self) -> tuple[object, ...]:
        """What it does; rows with the same effect are the same row, whatever reason they state."""
        return self.language, self.section, self.versions


class OpenQuestion(Model):
    """A row of `questions.yaml`: what only the controller can answer. No question is ever published."""

    question: LineField
    # What helps to find the answer.
    help: LineField | None = None
    # The file below content/ that the answer goes into.
    file: LineField | None = None


class QuestionList(Model):
    """The rows of `questions.yaml`, which is a list, as the value of a key."""

    questions: tuple[OpenQuestion, ...] = ()


class RedactionList(Model):
    """The rows of `redactions.yaml`, which is a list, as the value of a key."""

    redactions: tuple[Redaction, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """The source of one section in one language.

    `stem` is the file name without `.md`, `line` the line of `path` on which `body` begins (from 1), and
    `translates` the fingerprint of the text that this one was last confirmed to translate.
    """

    path: str
    stem: str
    id: str
    title: str
    aliases: tuple[str, ...]
    translates: str
    body: str
    line: int

    @property
    def locale(self) -> Locale:
        """The language, which is the folder of the file."""
        return self.path.split("/")[1]

    @property
    def sort_key(self) -> tuple[int, str]:
        """Orders sections by the number at the start of their file name, then by the name."""
        return int(self.stem.partition("-")[0]), self.stem


@dataclass(frozen=True, slots=True)
class Policy:
    """The whole content of one revision, or of the working copy.

    `notes` and `explanations` are by path below `content/`, `time_stamps` by the name of their file. `logo`
    is the content of the file that the settings name.
    """

    settings: Settings
    facts: Facts
    sections: Mapping[Locale, tuple[Section, ...]]
    notes: Mapping[str, ChangeNote]
    redactions: tuple[Redaction, ...] = ()
    explanations: Mapping[str, LateExplanation] = field(default_factory=dict)
    time_stamps: Mapping[str, bytes] = field(default_factory=dict)
    logo: bytes = b""
    questions: tuple[OpenQuestion, ...] = ()

    @property
    def note_files(self) -> Mapping[str, NoteFile]:
        """Every file of `changes/`, by path below `content/`."""
        return {**self.notes, **self.explanations} if self.explanations else self.notes

    @property
    def highest_level(self) -> Level:
        """The highest level of its notes; minor without any."""
        return max(
            (note.level for note in self.notes.values()), key=lambda level: level.weight, default=Level.MINOR
        )

    @property
    def languages(self) -> tuple[Locale, ...]:
        """The published languages; the first prevails."""
        return self.settings.languages

    @property
    def current_ids(self) -> Mapping[str, str]:
        """The current section id for each former one."""
        sections = (section for translated in self.sections.values() for section in translated)
        return {alias: section.id for section in sections for alias in section.aliases}

    def iter_translations(self) -> Iterator[tuple[Section, Section]]:
        """Yield each section of the first language with each of its translations."""
        originals = {section.id: section for section in self.sections[self.languages[0]]}
        for locale in self.languages[1:]:
            for section in self.sections[locale]:
                if section.id in originals:
                    yield originals[section.id], section
