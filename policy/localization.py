"""Facts in words, in Norwegian and English: the only place that knows Babel.

A word made from a fact stands in published versions for ever (contract §2): the golden table of the tests
guards every one of them, and where CLDR moves on, the old words are kept here.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from babel import Locale as BabelLocale
from babel.dates import format_date
from babel.lists import format_list
from babel.messages.pofile import read_po

from policy.fields import Duration, LocalizedText
from policy.placeholders import CodedValue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from policy.fields import Locale
    from policy.placeholders import PlaceholderValue

_CLDR = {"nb": "nb", "en": "en_GB"}

# CLDR's Norwegian day is «døgn», which nobody says of thirty days' notice; so all units are our own.
_UNITS = {
    "nb": {
        "year": ("år", "år"),
        "month": ("måned", "måneder"),
        "week": ("uke", "uker"),
        "day": ("dag", "dager"),
        "hour": ("time", "timer"),
        "minute": ("minutt", "minutter"),
        "second": ("sekund", "sekunder"),
    },
    "en": {unit: (unit, f"{unit}s") for unit in ("year", "month", "week", "day", "hour", "minute", "second")},
}

_TERMS = {
    "legal_basis.consent": ("samtykke", "consent"),
    "legal_basis.contract": ("avtale", "contract"),
    "legal_basis.legal_obligation": ("rettslig plikt", "legal obligation"),
    "legal_basis.vital_interests": ("vitale interesser", "vital interests"),
    "legal_basis.public_task": ("oppgave i allmennhetens interesse", "task in the public interest"),
    "legal_basis.legitimate_interests": ("berettiget interesse", "legitimate interests"),
    "role.processor": ("databehandler", "processor"),
    "role.controller": ("behandlingsansvarlig", "controller"),
    "role.joint": ("felles behandlingsansvarlig", "joint controller"),
    "kind.adequacy": ("beslutning om tilstrekkelig beskyttelsesnivå", "adequacy decision"),
    "kind.scc": ("EUs standard personvernbestemmelser", "EU standard contractual clauses"),
    "kind.bcr": ("bindende virksomhetsregler", "binding corporate rules"),
    "kind.other": ("annet", "other"),
    "kind.person": ("deg selv", "you"),
    "rights.access": ("Innsyn", "Access"),
    "rights.rectification": ("Retting", "Rectification"),
    "rights.erasure": ("Sletting", "Erasure"),
    "rights.restriction": ("Begrensning", "Restriction"),
    "rights.objection": ("Protest", "Objection"),
    "rights.portability": ("Dataportabilitet", "Data portability"),
    "rights.withdraw_consent": ("Trekke tilbake samtykke", "Withdrawal of consent"),
    "rights.complaint": ("Klage", "Complaint"),
    "column.name": ("Navn", "Name"),
    "column.purpose": ("Formål", "Purpose"),
    "column.legal_basis": ("Behandlingsgrunnlag", "Legal basis"),
    "column.interest": ("Berettiget interesse", "Legitimate interest"),
    "column.data": ("Opplysninger", "Data"),
    "column.audience": ("Gjelder", "Concerns"),
    "column.retention": ("Lagringstid", "Kept for"),
    "column.what": ("Hva", "What"),
    "column.period": ("Hvor lenge", "How long"),
    "column.after": ("Deretter", "Afterwards"),
    "column.recipient": ("Mottaker", "Recipient"),
    "column.role": ("Rolle", "Role"),
    "column.country": ("Land", "Country"),
    "column.safeguard": ("Overføringsgrunnlag", "Safeguard"),
    "column.provider": ("Leverandør", "Provider"),
    "column.right": ("Rettighet", "Right"),
    "column.how": ("Slik bruker du den", "How to use it"),
    "column.source": ("Kilde", "Source"),
    "column.kind": ("Kommer fra", "Comes from"),
    "column.public": ("Offentlig kilde", "Public source"),
    "public.true": ("ja", "yes"),
    "public.false": ("nei", "no"),
    "cell.unknown": ("Ikke oppgitt", "Not stated"),
    "section.untranslated": (
        "Denne delen finnes foreløpig bare på engelsk.",
        "This section is available in Norwegian only for now.",
    ),
    "note.cosmetic": ("Rettelse uten endring i innhold", "Correction without change of content"),
    "note.none": ("Endring uten merknad", "Change without a note"),
    "note.first": ("Første publiserte versjon", "First published version"),
    "redacted": ("[fjernet]", "[removed]"),
}

# Where CLDR says what no reader would: two countries alike, a note in the name, a form that is not ours.
_COUNTRIES = {
    "CD": ("Den demokratiske republikken Kongo", "Democratic Republic of the Congo"),
    "CG": ("Republikken Kongo", "Republic of the Congo"),
    "HK": ("Hongkong", "Hong Kong"),
    "IM": ("Isle of Man", "Isle of Man"),
    "LU": ("Luxembourg", "Luxembourg"),
    "MM": ("Myanmar", "Myanmar"),
    "MO": ("Macao", "Macao"),
    "PM": ("Saint-Pierre og Miquelon", "St Pierre and Miquelon"),
    "TF": ("De franske sørterritoriene", "French Southern Territories"),
    "UM": ("USAs ytre småøyer", "US Outlying Islands"),
}
# CLDR also knows unions, tests and codes that are only reserved; XK stays, for Kosovo has no other.
_NO_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}


def format_value(leaf: PlaceholderValue, locale: Locale) -> str:
    """Put a leaf into the reader's words."""
    match leaf:
        case LocalizedText():
            return leaf.in_locale(locale)
        case CodedValue():
            return format_term(leaf.key, locale)
        case Duration():
            return format_duration(leaf, locale)
        case date():
            return format_day(leaf, locale)
        case tuple():
            return format_enumeration(leaf, locale)
    return str(leaf)


def format_term(key: str, locale: Locale) -> str:
    """Give the words for a code of a closed list, such as `role.processor` or `country.NO`."""
    kind, _, code = key.partition(".")
    if kind == "country":
        return _territories(locale).get(code, code)
    return _TERMS[key][locale == "en"]


@lru_cache(maxsize=4096)
def format_day(value: date, locale: Locale) -> str:
    """Say a day of the calendar: «22. desember 2026», "22 December 2026"."""
    return format_date(value, "d. MMMM y" if locale == "nb" else "d MMMM y", locale=_CLDR[locale])


def format_duration(value: Duration, locale: Locale) -> str:
    """Say a period: «2 år og 6 måneder», "2 years and 6 months"."""
    units = _UNITS[locale]
    return format_enumeration([f"{count} {units[unit][count != 1]}" for unit, count in value.parts], locale)


def format_enumeration(items: Iterable[str], locale: Locale) -> str:
    """Say a list in a sentence: «a, b og c», "a, b and c"."""
    return format_list(list(items), locale=_CLDR[locale])


def is_country(code: str) -> bool:
    """Whether the two letters are a country of ISO 3166-1, or XK."""
    return code in _territories("en") and code not in _NO_COUNTRIES


@lru_cache
def _territories(locale: Locale) -> dict[str, str]:
    names = {
        code: name.replace(" & ", " and ")
        for code, name in BabelLocale.parse(_CLDR[locale]).territories.items()
    }
    return names | {code: words[locale == "en"] for code, words in _COUNTRIES.items()}


def load_catalogue(path: Path, locale: Locale) -> Callable[[str], str]:
    """Load the interface's words: a gettext .po file whose msgids are English, and what it lacks stays so."""
    if not path.is_file():
        return str
    with path.open("rb") as file:
        words = {
            str(message.id): str(message.string) for message in read_po(file, locale=locale) if message.string
        }
    return lambda message: words.get(message, message)
