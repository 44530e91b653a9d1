"""Field types of the content models: localized texts, dates, durations, addresses, each with its validation.

The YAML reader returns every scalar as text (`yaml_reader.py`), so that `NO` stays a country and `1.10` a
version. A `PydanticCustomError` carries the message and the hint from which `validation_messages.py`
makes a finding (`_create_validation_error`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from common.days import parse_day
from common.messages import Message
from languages.loader import list_language_codes
from policy.colours import COLOUR_PATTERN
from policy.durations import DURATION_PATTERN, MAX_DURATION_DAYS, Duration
from policy.web_addresses import BASE_ADDRESS_PATTERN, ORIGIN_PATTERN, WEB_ADDRESS_PATTERN

Locale: TypeAlias = str
LOCALES: tuple[Locale, ...] = list_language_codes()
# The languages are folders, which a type checker does not read.
if TYPE_CHECKING:
    LocaleCode: TypeAlias = str
else:
    LocaleCode = Literal[LOCALES]


@dataclass(frozen=True, slots=True)
class LocalizedText:
    """A text for readers: the same in every language (`common`), or one text for each (`by_locale`)."""

    common: str = ""
    by_locale: tuple[tuple[Locale, str], ...] = ()

    def is_missing_in(self, locale: Locale) -> bool:
        """Whether there are texts by language, but none for `locale`."""
        return bool(self.by_locale) and locale not in dict(self.by_locale)

    @property
    def variants(self) -> tuple[tuple[Locale, str], ...]:
        """Pairs of language and text; the language is empty for a text that is common to all."""
        return self.by_locale or (("", self.common),)

    def get_text(self, locale: Locale) -> str:
        """Return the text for a reader of `locale`, or that of the first language if it is missing."""
        return dict(self.by_locale).get(locale, self.by_locale[0][1]) if self.by_locale else self.common


MAX_LINE_LENGTH = 500  # of a title or a name; a header or a notice has no room for more


def _create_validation_error(
    kind: str, message: Message, hint: Message, **context: object
) -> PydanticCustomError:
    """Return the error for a value that does not fit: what is wrong, what to do, and data to locate it."""
    return PydanticCustomError(
        kind,
        "{message}; {hint}",
        {"message": message, "hint": hint, **context},
    )


def _parse_localized_text(value: object, info: ValidationInfo) -> LocalizedText:
    """Return the text; every language that the policy is published in must be there."""
    if isinstance(value, LocalizedText):
        return value
    if isinstance(value, str):
        return LocalizedText(common=value)
    if not isinstance(value, dict):
        raise _create_validation_error(
            "text", Message("expected text"), Message("write it here, or on one line for each language")
        )
    for key in value:
        # The key in the context lets `validation_messages.py` locate it, not just the mapping around it.
        if key not in LOCALES:
            raise PydanticCustomError("extra_forbidden", "unknown language", {"key": key, "known": LOCALES})
        if not isinstance(value[key], str):
            message = Message("expected text in '{key}'", key=key)
            raise _create_validation_error("text", message, Message("put it in quotes"), key=key)
    if not value:
        raise _create_validation_error("text", Message("the value is empty"), Message("write something"))
    # The languages come with each validation: an old revision may have had fewer.
    languages = (info.context or {}).get("languages", ())
    codes = dict.fromkeys((*languages, *LOCALES))  # those of the policy first, in its order
    text = LocalizedText(by_locale=tuple((code, value[code]) for code in codes if code in value))
    missing = [locale for locale in languages if text.is_missing_in(locale)]
    if missing:
        names = ", ".join(missing)
        raise _create_validation_error(
            "missing_language",
            Message("the text in '{names}' is missing", names=names),
            Message("add a line '{name}: …'", name=names),
        )
    return text


def _parse_line(value: object, info: ValidationInfo) -> LocalizedText:
    """Return a text whose variants are one line each."""
    text = _parse_localized_text(value, info)
    by_locale = tuple((locale, _join_lines(words, locale)) for locale, words in text.by_locale)
    return LocalizedText(by_locale=by_locale) if by_locale else LocalizedText(_join_lines(text.common))


def _join_lines(text: str, locale: Locale = "") -> str:
    """Return a text on one line, as titles and headers are: a line end, like any blanks, is one space.

    YAML that is folded (`>`) ends in a line end. No-break spaces stay.
    """
    line = re.sub(r"[ \t\n]+", " ", text).strip(" ")
    context = {"key": locale} if locale else {}
    if not line.strip():
        raise _create_validation_error(
            "text", Message("the value is empty"), Message("write something"), **context
        )
    if len(line) > MAX_LINE_LENGTH:
        message = Message("a title or name of more than {count} characters", count=MAX_LINE_LENGTH)
        raise _create_validation_error("text", message, Message("write a shorter one"), **context)
    return line


def _parse_date(value: object) -> date:
    """Return the date; `date.min` for an invalid one, which `_require_valid_date` reports."""
    if isinstance(value, date):
        return value
    try:
        return parse_day(str(value))
    except ValueError:
        return date.min


def _require_valid_date(value: date) -> date:
    if value == date.min:
        raise _create_validation_error(
            "day", Message("invalid date"), Message("expected YYYY-MM-DD, like 2026-12-22")
        )
    return value


def _parse_boolean(value: object) -> object:
    return {"true": True, "false": False}.get(str(value), value)


def _parse_duration(value: object) -> Duration:
    """Return the duration; reject one that could lead past the end of the calendar."""
    if isinstance(value, Duration):
        return value
    if not DURATION_PATTERN.fullmatch(str(value)):
        raise _create_validation_error(
            "duration", Message("invalid period"), Message("write it like P2Y (two years), P6M or P30D")
        )
    duration = Duration(str(value))
    if duration.days > MAX_DURATION_DAYS:
        raise _create_validation_error(
            "duration", Message("longer than a thousand years"), Message("write a shorter period")
        )
    return duration


def _parse_date_or_duration(value: object) -> object:
    if str(value).startswith("P"):
        return _parse_duration(value)
    return _require_valid_date(_parse_date(value))


def _parse_duration_or_text(value: object, info: ValidationInfo) -> object:
    # A text may begin with P ("Permanent"), but not with P and a digit.
    return _parse_duration(value) if re.match(r"PT?\d", str(value)) else _parse_localized_text(value, info)


def must_match(pattern: str, message: Message, hint: Message, flags: int = 0) -> AfterValidator:
    """Return a validator that refuses text with a message and a hint unless all of it matches `pattern`."""

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value, flags):
            raise _create_validation_error("pattern", message, hint)
        return value

    return AfterValidator(check)


_LOCALIZED_TEXT_SCHEMA = {
    "anyOf": [
        {"type": "string"},
        {
            "type": "object",
            "properties": {code: {"type": "string"} for code in LOCALES},
            "additionalProperties": False,
        },
    ]
}
_DURATION_SCHEMA = {"type": "string", "pattern": f"^{DURATION_PATTERN.pattern}$"}
LocalizedTextField = Annotated[
    LocalizedText, BeforeValidator(_parse_localized_text), WithJsonSchema(_LOCALIZED_TEXT_SCHEMA)
]
# A title or a name: it reaches headers, feeds and lines of a terminal, so it is one line.
LocalizedLineField = Annotated[
    LocalizedText, BeforeValidator(_parse_line), WithJsonSchema(_LOCALIZED_TEXT_SCHEMA)
]
LineField = Annotated[str, AfterValidator(_join_lines), WithJsonSchema({"type": "string"})]
DateField = Annotated[date, BeforeValidator(_parse_date), AfterValidator(_require_valid_date)]
BooleanField = Annotated[bool, BeforeValidator(_parse_boolean)]
DurationField = Annotated[
    Duration,
    BeforeValidator(_parse_duration),
    WithJsonSchema(_DURATION_SCHEMA),
]
DateOrDurationField = Annotated[
    date | Duration,
    BeforeValidator(_parse_date_or_duration),
    WithJsonSchema({"anyOf": [{"type": "string", "format": "date"}, _DURATION_SCHEMA]}),
]
DurationOrTextField = Annotated[
    Duration | LocalizedText,
    BeforeValidator(_parse_duration_or_text),
    WithJsonSchema({"anyOf": [_DURATION_SCHEMA, _LOCALIZED_TEXT_SCHEMA]}),
]
IdField = Annotated[str, must_match(r"[\w-]+", Message("not an id"), Message("use letters, digits, - and _"))]
# A dot-atom and a host name of RFC 5322, in ASCII: not every relay takes other letters (RFC 6531).
EmailField = Annotated[
    str,
    must_match(
        r"[^@\s<>,;]+@[^@\s<>,;]+",
        Message("not an e-mail address"),
        Message("write it like post@example.no"),
    ),
    must_match(
        r"(?=.{1,254}$)[\w!#$%&'*+/=?^`{|}~-]{1,64}(?:\.[\w!#$%&'*+/=?^`{|}~-]{1,64}){0,8}"
        r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){0,8}[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?",
        Message("not an e-mail address that every mail server takes"),
        Message("use letters a-z and digits; a domain with other letters begins with xn--"),
        re.ASCII,
    ),
]
UrlField = Annotated[
    str,
    must_match(r"https?://.+", Message("not a web address"), Message("start it with https://")),
    must_match(
        WEB_ADDRESS_PATTERN,
        Message("not a web address"),
        Message("write it like https://example.no/side; a host with other letters begins with xn--"),
    ),
]
BaseAddressField = Annotated[
    str,
    must_match(r".*/", Message("a base URL must end with /"), Message("add it")),
    must_match(
        BASE_ADDRESS_PATTERN,
        Message("not a base address"),
        Message(
            "write it like https://example.no/personvern/, with letters a-z, digits and - . _ ~ only; "
            "a host with other letters begins with xn--"
        ),
    ),
]
OriginField = Annotated[
    str,
    must_match(
        ORIGIN_PATTERN,
        Message("not an origin"),
        Message(
            "write https:// and the host only, like https://medlem.example.no, without a path and without / "
            "at the end; a host with other letters begins with xn--"
        ),
    ),
]
CountryCodeField = Annotated[
    str,
    must_match(r"[A-Z]{2}", Message("not a country code"), Message("write two ISO 3166-1 letters, like NO")),
]
# How Markdown becomes words (docs/decisions/rules-epoch.md). A new number begins a new epoch.
RulesEpochField = Annotated[
    Literal["1"],
    WithJsonSchema({"enum": [1], "type": "integer"}),
]
# 128 bits or more, so that nobody can guess it.
SaltField = Annotated[
    str,
    must_match(
        r"[0-9a-f]{32,128}",
        Message("not a random number of 32 hexadecimal digits"),
        Message("let this command write it: openssl rand -hex 16"),
    ),
]
ColourField = Annotated[
    str,
    must_match(
        COLOUR_PATTERN,
        Message("not a colour"),
        Message('write it like "#0b5394", in quotes, with six hexadecimal digits'),
    ),
]
HashField = Annotated[
    str,
    must_match(r"[0-9a-f]{64}", Message("not a SHA-256 hash"), Message("let build.py redact write it")),
]
CommitField = Annotated[
    str,
    must_match(
        r"[0-9a-f]{40}|[0-9a-f]{64}",
        Message("not the full id of a commit"),
        Message("let build.py history write it"),
    ),
]
# Start and end in the text of a section, the end not included.
CharacterRangeField = Annotated[
    str,
    must_match(
        r"\d{1,7}-\d{1,7}", Message("not a range of characters"), Message("let build.py redact write it")
    ),
]
LinkNumberField = Annotated[int, Field(ge=1, le=100_000)]
DayCountField = Annotated[int, Field(ge=0, le=3650)]


class Model(BaseModel):
    """Base of all content models: frozen and hashable; unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @cached_property
    def _field_hash(self) -> int:
        return hash(tuple(getattr(self, name) for name in type(self).model_fields))

    def __hash__(self) -> int:
        """Return the hash of all fields, computed once: facts are part of a cache key."""
        return self._field_hash

    def __getstate__(self) -> dict[Any, Any]:
        """Return the fields without cached properties: the hash of a string differs between processes."""
        state = super().__getstate__()
        return state | {"__dict__": {name: state["__dict__"][name] for name in type(self).model_fields}}
