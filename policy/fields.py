"""The smallest values of a policy: words, days, periods, addresses, each checked where it is born.

YAML gives every scalar as text (reading.py), so that `NO` stays a country and `1.10` a version.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, TypeAlias, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

Locale: TypeAlias = str
LocaleCode = Literal["nb", "en"]
LOCALES: tuple[Locale, ...] = get_args(LocaleCode)


@dataclass(frozen=True, slots=True)
class LocalizedText:
    """Words for readers: the same in every language, or one wording for each."""

    common: str = ""
    by_locale: tuple[tuple[Locale, str], ...] = ()

    def is_missing_in(self, locale: Locale) -> bool:
        """Whether a reader of `locale` would find nothing."""
        return bool(self.by_locale) and locale not in dict(self.by_locale)

    @property
    def variants(self) -> tuple[tuple[Locale, str], ...]:
        """Each language with its words; one that is common to all stands under none."""
        return self.by_locale or (("", self.common),)

    def in_locale(self, locale: Locale) -> str:
        """Give the words for a reader of `locale`; where `lacks` is true, those of the first language."""
        return dict(self.by_locale).get(locale, self.by_locale[0][1]) if self.by_locale else self.common


def _text(value: object, info: ValidationInfo) -> LocalizedText:
    if isinstance(value, LocalizedText):
        return value
    if isinstance(value, str):
        return LocalizedText(common=value)
    if not isinstance(value, dict):
        raise PydanticCustomError(
            "text", "a text is expected here; write words, or one line for each language"
        )
    for key in value:
        if key not in LOCALES:
            raise PydanticCustomError(
                "extra_forbidden", "unknown language '{key}'", {"key": key, "known": LOCALES}
            )
        if not isinstance(value[key], str):
            raise PydanticCustomError("text", "words are expected in '{key}'; quote them", {"key": key})
    if not value:
        raise PydanticCustomError("text", "nothing stands here; write something")
    text = LocalizedText(by_locale=tuple((code, value[code]) for code in LOCALES if code in value))
    missing = [locale for locale in (info.context or {}).get("languages", ()) if text.is_missing_in(locale)]
    if missing:
        raise PydanticCustomError(
            "missing_language",
            "the wording in '{missing}' is missing; add a line '{missing}: …'",
            {"missing": ", ".join(missing)},
        )
    return text


def _day(value: object) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)) if re.fullmatch(r"\d{4}-\d\d-\d\d", str(value)) else date.min
    except ValueError:
        return date.min


def _real_day(value: date) -> date:
    if value == date.min:
        raise PydanticCustomError("day", "not a day of the calendar; write it like 2026-12-22")
    return value


def _truth(value: object) -> object:
    return {"true": True, "false": False}.get(str(value), value)


_N = "[0-9]{1,9}"
_DURATION = re.compile(
    rf"P(?=.)(?:{_N}Y)?(?:{_N}M)?(?:{_N}W)?(?:{_N}D)?(?:T(?=.)(?:{_N}H)?(?:{_N}M)?(?:{_N}S)?)?"
)
_LONGEST = 365_250  # days: a longer one would count past the end of the calendar


@dataclass(frozen=True, slots=True)
class Duration:
    """An ISO 8601 duration as it was typed, `P2Y6M`; whole units only."""

    iso: str

    @property
    def parts(self) -> tuple[tuple[str, int], ...]:
        """Units with their counts in the order typed: (("year", 2), ("month", 6))."""
        days, _, clock = self.iso.removeprefix("P").partition("T")
        units = {"Y": "year", "M": "month", "W": "week", "D": "day"}
        small = {"H": "hour", "M": "minute", "S": "second"}
        return tuple(
            (names[unit], int(count))
            for text, names in ((days, units), (clock, small))
            for count, unit in re.findall(r"(\d+)([A-Z])", text)
        )

    @property
    def days(self) -> float:
        """About how many days it lasts, to tell a longer period from a shorter (a year is 365.25)."""
        lengths = {"year": 365.25, "month": 365.25 / 12, "week": 7, "day": 1}
        clock = {"hour": 1 / 24, "minute": 1 / 1440, "second": 1 / 86400}
        return sum(count * (lengths | clock)[unit] for unit, count in self.parts)


def _duration(value: object) -> Duration:
    if isinstance(value, Duration):
        return value
    if not _DURATION.fullmatch(str(value)):
        raise PydanticCustomError("duration", "not a period; write it like P2Y (two years), P6M or P30D")
    period = Duration(str(value))
    if period.days > _LONGEST:
        raise PydanticCustomError("duration", "longer than a thousand years; write a shorter period")
    return period


def _day_or_period(value: object) -> object:
    return _duration(value) if str(value).startswith("P") else _real_day(_day(value))


def _period_or_words(value: object, info: ValidationInfo) -> object:
    return _duration(value) if re.match(r"PT?\d", str(value)) else _text(value, info)


def fits(pattern: str, message: str) -> AfterValidator:
    """Refuse text that the whole of `pattern` does not match, with a message that says what to write."""

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise PydanticCustomError("pattern", "{message}", {"message": message})
        return value

    return AfterValidator(check)


_LOCALISED = {
    "anyOf": [
        {"type": "string"},
        {
            "type": "object",
            "properties": {code: {"type": "string"} for code in LOCALES},
            "additionalProperties": False,
        },
    ]
}
_PERIOD_SCHEMA = {"type": "string", "pattern": f"^{_DURATION.pattern}$"}
Words = Annotated[LocalizedText, BeforeValidator(_text), WithJsonSchema(_LOCALISED)]
Day = Annotated[date, BeforeValidator(_day), AfterValidator(_real_day)]
Truth = Annotated[bool, BeforeValidator(_truth)]
Period = Annotated[
    Duration,
    BeforeValidator(_duration),
    WithJsonSchema(_PERIOD_SCHEMA),
]
DayOrPeriod = Annotated[
    date | Duration,
    BeforeValidator(_day_or_period),
    WithJsonSchema({"anyOf": [{"type": "string", "format": "date"}, _PERIOD_SCHEMA]}),
]
PeriodOrWords = Annotated[
    Duration | LocalizedText,
    BeforeValidator(_period_or_words),
    WithJsonSchema({"anyOf": [_PERIOD_SCHEMA, _LOCALISED]}),
]
Id = Annotated[str, fits(r"[\w-]+", "not an id; use letters, digits, - and _")]
Email = Annotated[
    str, fits(r"[^@\s<>,;]+@[^@\s<>,;]+", "not an e-mail address; write it like post@example.no")
]
Url = Annotated[str, fits(r"https?://[^\s<>\"]+", "not a web address; begin it with https://")]
Country = Annotated[str, fits(r"[A-Z]{2}", "not a country; write its two ISO 3166-1 letters, like NO")]
Days = Annotated[int, Field(ge=0, le=3650)]


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
