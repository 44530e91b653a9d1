"""The smallest values of a policy: words, days, periods, addresses, each checked where it is born.

YAML gives every scalar as text (reading.py), so that `NO` stays a country and `1.10` a version.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal, TypeAlias, get_args

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

Locale: TypeAlias = str
LocaleCode = Literal["nb", "en"]
LOCALES: tuple[Locale, ...] = get_args(LocaleCode)


@dataclass(frozen=True, slots=True)
class Text:
    """Words for readers: the same in every language, or one wording for each."""

    common: str = ""
    by_locale: tuple[tuple[Locale, str], ...] = ()

    def lacks(self, locale: Locale) -> bool:
        """Whether a reader of `locale` would find nothing."""
        return bool(self.by_locale) and locale not in dict(self.by_locale)

    @property
    def wordings(self) -> tuple[tuple[Locale, str], ...]:
        """Each language with its words; one that is common to all stands under none."""
        return self.by_locale or (("", self.common),)

    def wording(self, locale: Locale) -> str:
        """Give the words for a reader of `locale`; where `lacks` is true, those of the first language."""
        return dict(self.by_locale).get(locale, self.by_locale[0][1]) if self.by_locale else self.common


def _text(value: object, info: ValidationInfo) -> Text:
    if isinstance(value, Text):
        return value
    if isinstance(value, str):
        return Text(common=value)
    if not isinstance(value, dict):
        raise PydanticCustomError(
            "text", "a text is expected here; write words, or one line for each language"
        )
    for key in value:
        if key not in LOCALES:
            raise PydanticCustomError(
                "extra_forbidden", "unknown language «{key}»", {"key": key, "known": LOCALES}
            )
    text = Text(by_locale=tuple((key, str(words)) for key, words in value.items()))
    missing = [locale for locale in (info.context or {}).get("languages", ()) if text.lacks(locale)]
    if missing:
        raise PydanticCustomError(
            "missing_language",
            "the wording in «{missing}» is missing; add a line «{missing}: …»",
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


_DURATION = re.compile(r"P(?=.)(?:\d+Y)?(?:\d+M)?(?:\d+W)?(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?")


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
    return Duration(str(value))


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
Words = Annotated[Text, BeforeValidator(_text), WithJsonSchema(_LOCALISED)]
Day = Annotated[date, BeforeValidator(_day), AfterValidator(_real_day)]
Truth = Annotated[bool, BeforeValidator(_truth)]
Period = Annotated[
    Duration,
    BeforeValidator(_duration),
    WithJsonSchema({"type": "string", "pattern": f"^{_DURATION.pattern}$"}),
]
Id = Annotated[str, fits(r"[\w-]+", "not an id; use letters, digits, - and _")]
Email = Annotated[
    str, fits(r"[^@\s<>,;]+@[^@\s<>,;]+", "not an e-mail address; write it like post@example.no")
]
Url = Annotated[str, fits(r"https?://[^\s<>\"]+", "not a web address; begin it with https://")]
Country = Annotated[str, fits(r"[A-Z]{2}", "not a country; write its two ISO 3166-1 letters, like NO")]
Days = Annotated[int, Field(ge=0, le=3650)]
