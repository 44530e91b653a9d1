"""Formats facts in Norwegian and English; the only module that uses Babel.

Published versions are rendered again from their source and must not change. So the tests compare every word
that a fact can become with a golden table, and if a new CLDR changes a word, the old one stays here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel import Locale as BabelLocale
from babel.dates import format_date
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from policy.fields import Duration, Locale, LocalizedText
from policy.placeholders import CodedValue, PlaceholderValue

_CLDR_LOCALES = {"nb": "nb", "en": "en_GB"}

# CLDR's Norwegian word for a day is "døgn", which nobody uses for thirty days' notice; so all units are ours.
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

# By key: Norwegian, English. Published words; see the docstring of the module before changing one.
TERMS = {
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

# Instead of CLDR's names that are ambiguous, hold a note, or are not the usual form.
_COUNTRY_NAMES = {
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
# CLDR also has unions, test codes and reserved codes. XK is not in ISO 3166-1, but Kosovo has no other code.
_NOT_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}


def format_value(value: PlaceholderValue, locale: Locale) -> str:
    """Return the words that readers see for a value."""
    match value:
        case LocalizedText():
            return value.get_text(locale)
        case CodedValue():
            return format_term(value.key, locale)
        case Duration():
            return format_duration(value, locale)
        case date():
            return format_day(value, locale)
        case tuple():
            return format_enumeration(value, locale)
    return str(value)


def format_term(key: str, locale: Locale) -> str:
    """Return the words for a code of a closed list, such as `role.processor` or `country.NO`."""
    kind, _, code = key.partition(".")
    if kind == "country":
        return _get_territory_names(locale).get(code, code)
    return TERMS[key][locale == "en"]


@lru_cache(maxsize=4096)
def format_day(value: date, locale: Locale) -> str:
    """Return a date in words: "22. desember 2026", "22 December 2026".

    The cache needs no invalidation: its key is the complete input. A change log repeats few dates often.
    """
    return format_date(value, "d. MMMM y" if locale == "nb" else "d MMMM y", locale=_CLDR_LOCALES[locale])


def format_duration(value: Duration, locale: Locale) -> str:
    """Return a duration in words: "2 år og 6 måneder", "2 years and 6 months"."""
    units = _UNITS[locale]
    return format_enumeration([f"{count} {units[unit][count != 1]}" for unit, count in value.parts], locale)


def format_enumeration(items: Iterable[str], locale: Locale) -> str:
    """Return a list as part of a sentence: "a, b og c", "a, b and c"."""
    return format_list(list(items), locale=_CLDR_LOCALES[locale])


def is_country(code: str) -> bool:
    """Whether two letters are a country code of ISO 3166-1, or XK (Kosovo)."""
    return code in _get_territory_names("en") and code not in _NOT_COUNTRIES


@lru_cache
def _get_territory_names(locale: Locale) -> dict[str, str]:
    """Return the name of each territory by its code; Babel's data never change in a process."""
    names = {
        code: name.replace(" & ", " and ")
        for code, name in BabelLocale.parse(_CLDR_LOCALES[locale]).territories.items()
    }
    return names | {code: words[locale == "en"] for code, words in _COUNTRY_NAMES.items()}


def load_catalogue(path: Path, locale: Locale) -> Callable[[str], str]:
    """Return the translation function of a gettext .po file; untranslated messages stay English."""
    if not path.is_file():
        return str
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=locale), use_fuzzy=True)
    compiled.seek(0)
    translations = Translations(compiled)
    # gettext keeps the header of the file as the translation of the empty message.
    return lambda message: translations.gettext(message) if message else message
