"""The typed model of a language: the files `words.toml`, `checks.toml` and `edits.toml` of its folder.

docs/languages.md describes every key. A key that is unknown or missing is an error. What a field may leave
out is optional knowledge: a rule of `check` whose pattern is missing is not applied in that language.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field


def _compile_pattern(value: Any) -> Any:
    """Return a regular expression that ignores case; a list is a choice of expressions."""
    choices = value if isinstance(value, list) else [value]
    if not all(isinstance(choice, str) and choice for choice in choices):
        raise ValueError("expected a regular expression, or a list of them")
    try:
        return re.compile("|".join(choices), re.IGNORECASE)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from None


def _split_words(value: Any) -> Any:
    return frozenset(value.split()) if isinstance(value, str) else value


def _require_placeholder(name: str) -> AfterValidator:
    """Return a validator that refuses a text without a placeholder such as `{day}`."""

    def check(value: str) -> str:
        if f"{{{name}}}" not in value:
            raise ValueError(f"{{{name}}} is missing in the text")
        return value

    return AfterValidator(check)


def _require_expression(value: str) -> str:
    """Return a part of a regular expression; refuse one that is none by itself."""
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from None
    return value


def _require_complete_date(value: str) -> str:
    """Return a date pattern of the CLDR; refuse one that leaves out day, month or year."""
    letters = re.sub("'[^']*'", "", value)
    if value not in {"full", "long", "medium"} and not (
        "d" in letters and "y" in letters and set("ML") & set(letters)
    ):
        raise ValueError("the day (d), the month (M) or the year (y) is missing")
    return value


Expression = Annotated[str, Field(min_length=1), AfterValidator(_require_expression)]
Pattern = Annotated[re.Pattern[str], BeforeValidator(_compile_pattern)]
WordSet = Annotated[frozenset[str], BeforeValidator(_split_words)]
Word = Annotated[str, Field(min_length=1)]
FolderName = Annotated[str, Field(pattern="^[a-z0-9-]+$")]


class LanguageModel(BaseModel):
    """Base of the models: frozen; unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class FolderNames(LanguageModel):
    """The names of folders in addresses, which people read and letters cite."""

    version: FolderName
    changes: FolderName
    changelog: FolderName
    since: FolderName
    help_centre: FolderName
    verification: FolderName
    upcoming: FolderName
    rights: FolderName
    contact: FolderName
    dates: FolderName
    accessibility: FolderName


class PluralForms(LanguageModel):
    """A word by the plural category of the CLDR; `other` serves for every category that is left out."""

    zero: Word | None = None
    one: Word | None = None
    two: Word | None = None
    few: Word | None = None
    many: Word | None = None
    other: Word


class UnitNames(LanguageModel):
    """The units of durations."""

    year: PluralForms
    month: PluralForms
    week: PluralForms
    day: PluralForms
    hour: PluralForms
    minute: PluralForms
    second: PluralForms


class LegalBasisTerms(LanguageModel):
    """The legal bases of GDPR Art. 6(1)."""

    consent: Word
    contract: Word
    legal_obligation: Word
    vital_interests: Word
    public_task: Word
    legitimate_interests: Word


class RoleTerms(LanguageModel):
    """The roles of recipients (GDPR Art. 4(7), 4(8), 26)."""

    processor: Word
    controller: Word
    joint: Word


class KindTerms(LanguageModel):
    """The kinds of safeguards (GDPR Art. 45–47) and of sources."""

    adequacy: Word
    scc: Word
    bcr: Word
    other: Word
    person: Word


class RightTerms(LanguageModel):
    """The rights of readers (GDPR Art. 7(3), 15–21, 77)."""

    access: Word
    rectification: Word
    erasure: Word
    restriction: Word
    objection: Word
    portability: Word
    withdraw_consent: Word
    complaint: Word


class ColumnTerms(LanguageModel):
    """The headings of tables of facts."""

    name: Word
    purpose: Word
    legal_basis: Word
    interest: Word
    data: Word
    audience: Word
    retention: Word
    what: Word
    period: Word
    after: Word
    recipient: Word
    role: Word
    country: Word
    safeguard: Word
    provider: Word
    right: Word
    how: Word
    source: Word
    kind: Word
    public: Word


class YesNoTerms(LanguageModel):
    """The words for a fact that is true or false."""

    true: Word
    false: Word


class CellTerms(LanguageModel):
    """The words of a cell without a value: why it has none.

    `unknown` is a gap in what the law asks for, `not_needed` the safeguard of a recipient within the EEA.
    """

    unknown: Word
    not_applicable: Word
    not_needed: Word
    nothing: Word


class SectionTerms(LanguageModel):
    """The words of a section that is not translated yet; `{language}` is the one it is written in."""

    untranslated: Annotated[Word, _require_placeholder("language")]


class NoteTerms(LanguageModel):
    """The summaries of versions without a change note."""

    cosmetic: Word
    links: Word
    form: Word
    links_and_form: Word
    none: Word
    first: Word


class Terms(LanguageModel):
    """The words for every code that a fact can have, and the other words of the text of a policy."""

    redacted: Word
    legal_basis: LegalBasisTerms
    role: RoleTerms
    kind: KindTerms
    rights: RightTerms
    column: ColumnTerms
    public: YesNoTerms
    cell: CellTerms
    section: SectionTerms
    note: NoteTerms


class ImportWords(LanguageModel):
    """What `import` proposes: the policy's folder on the website, and a title for text without one."""

    folder: FolderName
    untitled: Word


class NoticeLabels(LanguageModel):
    """The words of the dialog and the banner that other pages show; `effective` has the `{day}`."""

    heading: Word
    effective: Annotated[Word, _require_placeholder("day")]
    action: Word
    facts: Word
    unchanged: Word
    more: Word
    all: Word
    acknowledge: Word
    later: Word


class LetterWords(LanguageModel):
    """The words of letters besides those of the catalogue: the mark of the subject of a test."""

    test: Word


class Words(LanguageModel):
    """`words.toml`: how the language is called and chosen, and its words for facts, addresses and dates.

    `cldr` and `date_format` are a locale and a date pattern of the Unicode CLDR. The language is called by
    the code `family` unless a site has another language of that family. `readers` are the codes of readers
    who get it if a site lacks their own language; `*` is every reader. `wordpress` is a locale of WordPress.
    In a language that writes ordinals with a full stop, `months_after_ordinals` are the names of months that
    make "20. juli" a date, and not an item of a list. `abbreviations` end with a full stop that ends no
    sentence; those with another full stop in them, and single letters, are known without.
    Words that are missing come from the language `fallback`; without one, they are an error.
    """

    cldr: Word
    family: Word
    readers: tuple[Word, ...]
    wordpress: Word
    fallback: Word | None = None
    date_format: Annotated[Word, AfterValidator(_require_complete_date)] = "long"
    months_after_ordinals: tuple[Word, ...] = ()
    abbreviations: tuple[Word, ...] = ()
    urls: FolderNames
    units: UnitNames
    terms: Terms
    countries: dict[Annotated[str, Field(pattern="^[A-Z]{2}$")], Word] = {}
    import_: Annotated[ImportWords, Field(alias="import")]
    notice: NoticeLabels
    letter: LetterWords


class PhrasePatterns(LanguageModel):
    """The phrases that rules of `check` look for."""

    consent_by_use: Pattern | None = None
    check_for_changes: Pattern | None = None
    as_long_as_necessary: Pattern | None = None
    hedged_purpose: Pattern | None = None
    personal_data: Pattern | None = None
    pronoun: Pattern | None = None
    link: Pattern | None = None
    obligation: Pattern | None = None
    automation: Pattern | None = None
    complaint: Pattern | None = None
    authority: Pattern | None = None
    storage: Pattern | None = None
    former_name: Pattern | None = None
    renaming: Pattern | None = None
    section_number: Expression | None = None
    promotion: Pattern | None = None
    announcement: Pattern | None = None
    addition: Pattern | None = None
    weighty: Pattern | None = None


class ExceptionPatterns(LanguageModel):
    """What makes a sentence correct although it has the phrase of the same name.

    `quantities` are stretches of text whose numbers are no promises, such as ages and the dates of laws.
    """

    consent_by_use: Pattern | None = None
    check_for_changes: Pattern | None = None
    as_long_as_necessary: Pattern | None = None
    hedged_purpose: Pattern | None = None
    link: Pattern | None = None
    storage: Pattern | None = None
    announcement: Pattern | None = None
    quantities: Pattern | None = None


class LevelPatterns(LanguageModel):
    """What policies call the levels of a change."""

    special: Pattern
    major: Pattern
    minor: Pattern


class ChannelPatterns(LanguageModel):
    """What policies call the channels of an announcement."""

    help_centre: Pattern
    login: Pattern
    email: Pattern
    alert: Pattern


class UnitPatterns(LanguageModel):
    """The units of periods, each with its inflected forms."""

    month: Expression
    year: Expression
    week: Expression
    day: Expression
    hour: Expression
    minute: Expression


class QuantityWords(LanguageModel):
    """The words of numbers, periods, dates and amounts in running text.

    `small_numbers` begins with zero, `tens` with twenty. `articles` are numbers that may be mere articles.
    `months` has the names of each month as a choice. `ordinal` may follow the day of a month, `amounts` a
    number.
    """

    small_numbers: tuple[Expression, ...]
    tens: tuple[Expression, ...]
    other_numbers: dict[Expression, int]
    articles: frozenset[Expression]
    units: UnitPatterns
    months: Annotated[tuple[Expression, ...], Field(min_length=12, max_length=12)]
    ordinal: Annotated[str, AfterValidator(_require_expression)]
    month_may_be_first: bool = False
    amounts: Expression

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Every word for a number, and the number."""
        return {
            **{word: count for count, word in enumerate(self.small_numbers)},
            **{word: 10 * count for count, word in enumerate(self.tens, start=2)},
            **self.other_numbers,
        }


class ImportPatterns(LanguageModel):
    """What `import` looks for in a page: its title, or what the title is about, and words beside names."""

    function_words: frozenset[Expression]
    policy_title: Expression
    policy_topic: Expression
    controller: Expression
    former_name: Expression


class HistoryPatterns(LanguageModel):
    """What stands before the day from which a text says that it applies, for `build.py history`."""

    effective: Expression


class Checks(LanguageModel):
    """`checks.toml`: what rules of `check` look for in the text. Everything may be left out."""

    negation: Pattern | None = None
    phrases: PhrasePatterns = PhrasePatterns()
    exceptions: ExceptionPatterns = ExceptionPatterns()
    levels: LevelPatterns | None = None
    channels: ChannelPatterns | None = None
    quantities: QuantityWords | None = None
    import_: Annotated[ImportPatterns | None, Field(alias="import")] = None
    history: HistoryPatterns | None = None


class SignificantWords(LanguageModel):
    """Words that no cosmetic edit touches: numbers and dates are always such words.

    `negating_prefixes` make a word one of them before a hyphen. `roles` is what words for actors begin with.
    Beside a negation, a condition or a word of `beside_punctuation`, a comma or full stop may decide what a
    sentence means, except beside a word of `not_beside_punctuation`.
    """

    negation: WordSet
    modal: WordSet
    condition: WordSet
    scope: WordSet
    actor: WordSet
    time: WordSet
    negating_prefixes: WordSet
    beside_punctuation: WordSet
    not_beside_punctuation: WordSet
    roles: Pattern

    @cached_property
    def all_words(self) -> frozenset[str]:
        """The words of every kind."""
        return self.negation | self.modal | self.condition | self.scope | self.actor | self.time

    @cached_property
    def words_beside_punctuation(self) -> frozenset[str]:
        """The words beside which punctuation matters."""
        return (self.negation | self.condition | self.beside_punctuation) - self.not_beside_punctuation


def _compile_replacements(value: Any) -> Any:
    try:
        return [(re.compile(pattern), replacement) for pattern, replacement in value]
    except (re.error, TypeError, ValueError) as error:
        raise ValueError(f"expected pairs of a regular expression and a replacement: {error}") from None


class Edits(LanguageModel):
    """`edits.toml`: how an edit is proven to be cosmetic. Without the file, no edit of a word is cosmetic.

    `lexicon` is a language of simplemma, and `additional_words` are words that its list lacks.
    `equal_spellings` are pairs of a pattern and a replacement that turn spellings that are equally right into
    the same one.
    """

    lexicon: Word
    additional_words: WordSet = frozenset()
    has_compounds: bool
    linking_elements: tuple[Word, ...]
    prefixes: WordSet
    prefixes_with_hyphen: WordSet
    equal_spellings: Annotated[
        tuple[tuple[re.Pattern[str], str], ...], BeforeValidator(_compile_replacements)
    ] = ()
    significant_words: SignificantWords
