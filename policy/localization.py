"""Formats facts in the language of the reader; the only module that uses Babel.

Published versions are rendered again from their source and must not change. So the tests compare every word
that a fact can become with a golden table, and if a new CLDR changes a word, the old one goes into the
language's folder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from string import Formatter

from babel import Locale as BabelLocale
from babel import UnknownLocaleError
from babel.dates import format_date
from babel.lists import format_list
from babel.messages.catalog import Message as CatalogueMessage
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from babel.support import NullTranslations, Translations

from common.errors import InputError
from common.messages import Message
from languages.loader import SOURCE_LANGUAGE, get_language
from policy.durations import Duration
from policy.fields import Locale, LocalizedText
from policy.placeholders import CodedValue, PlaceholderValue

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
    group, _, code = key.partition(".")
    if group == "country":
        return _get_country_names(locale).get(code, code)
    terms = get_language(locale).words.terms
    return str(getattr(getattr(terms, group), code) if code else getattr(terms, group))


@lru_cache(maxsize=4096)
def format_day(value: date, locale: Locale) -> str:
    """Return a date in words: "22. desember 2026", "22 December 2026".

    The cache needs no invalidation: its key is the complete input. A change log repeats few dates often.
    """
    return format_date(value, get_language(locale).words.date_format, locale=_get_cldr_locale(locale))


def format_duration(value: Duration, locale: Locale) -> str:
    """Return a duration in words: "2 år og 6 måneder", "2 years and 6 months"."""
    words = get_language(locale).words
    get_category = _get_cldr_locale(locale).plural_form
    parts = []
    for unit, count in value.parts:
        forms = getattr(words.units, unit)
        parts.append(f"{count} {getattr(forms, get_category(count)) or forms.other}")
    return format_enumeration(parts, locale)


def format_enumeration(items: Iterable[str], locale: Locale) -> str:
    """Return a list as part of a sentence: "a, b og c", "a, b and c"."""
    return format_list(list(items), locale=_get_cldr_locale(locale))


def format_language_name(code: Locale, locale: Locale, languages: Iterable[Locale]) -> str:
    """Return what readers of `locale` call a language of a site that has `languages`.

    Norwegian is "norsk", unless the site has both Bokmål and Nynorsk.
    """
    family = get_language(code).words.family
    relatives = [other for other in languages if other != code and get_language(other).words.family == family]
    name = get_language(code).words.cldr.partition("_")[0] if relatives else family
    names = _get_cldr_locale(locale).languages
    if name not in names:
        raise InputError(
            Message(
                "languages/{code}/words.toml: family: the CLDR has no name for '{name}'; write another code",
                code=code,
                name=name,
            )
        )
    return str(names[name])


def format_own_language_name(code: Locale, languages: Iterable[Locale]) -> str:
    """Return the name of a language in itself, as in a menu: "Norsk", or "Norsk bokmål" beside Nynorsk."""
    name = format_language_name(code, code, languages)
    return name[:1].upper() + name[1:]


def format_english_language_name(code: str) -> str:
    """Return the English name of any language, for messages; its code if nobody knows it."""
    try:
        return BabelLocale.parse(code).get_display_name(SOURCE_LANGUAGE) or code
    except (ValueError, UnknownLocaleError):
        return code


def is_country(code: str) -> bool:
    """Whether two letters are a country code of ISO 3166-1, or XK (Kosovo)."""
    return code in BabelLocale.parse(SOURCE_LANGUAGE).territories and code not in _NOT_COUNTRIES


def list_country_names(locale: Locale) -> list[str]:
    """Return what readers call the countries."""
    names = _get_country_names(locale)
    # The CLDR has continents and regions too, by numbers: "150" is Europe.
    return [name for code, name in names.items() if code.isalpha() and is_country(code)]


@lru_cache
def _get_cldr_locale(locale: Locale) -> BabelLocale:
    """Return the data of the CLDR for a language; Babel's data never change in a process."""
    name = get_language(locale).words.cldr
    try:
        return BabelLocale.parse(name)
    except (UnknownLocaleError, ValueError):
        raise InputError(
            Message(
                "languages/{code}/words.toml: cldr: the CLDR has no locale '{name}'; write one that it has",
                code=locale,
                name=name,
            )
        ) from None


@lru_cache
def _get_country_names(locale: Locale) -> dict[str, str]:
    """Return the name of each territory by its code; the data never change in a process."""
    names = {
        code: name.replace(" & ", " and ") for code, name in _get_cldr_locale(locale).territories.items()
    }
    return names | get_language(locale).words.countries


@lru_cache(maxsize=64)
def load_catalogue(name: str, locale: Locale) -> Callable[[str], str]:
    """Return the translation function of a catalogue such as `interface` (languages/CODE/interface.po).

    Messages that neither the language nor its fallbacks translate stay as they are, in English. Nothing
    invalidates the cache: the files of a language do not change while a command runs.
    """
    translations: NullTranslations | None = None
    for path in reversed(get_language(locale).list_catalogues(name)):
        loaded = Translations(BytesIO(compile_catalogue(path)))
        if translations:
            loaded.add_fallback(translations)
        translations = loaded
    if translations is None:
        return str
    # gettext keeps the header of the file as the translation of the empty message.
    return lambda message: translations.gettext(message) if message else message


def compile_catalogue(path: Path) -> bytes:
    """Return the machine-readable form (.mo) of a gettext .po file, the same bytes at any time.

    Translations that are marked as fuzzy are left out. Raise InputError if the file is damaged, or if a
    translation lacks a placeholder of its message or has another one.
    """
    try:
        data = path.read_bytes()
        _require_closed_quotes(data)
        catalogue = read_po(BytesIO(data), abort_invalid=True)
        for message in catalogue:
            _require_same_placeholders(message)
    except (PoFileError, ValueError, LookupError) as error:
        name = f"languages/{path.parent.name}/{path.name}"
        raise InputError(Message("{path}: {problem}; fix it", path=name, problem=error)) from None
    catalogue.creation_date = datetime(1970, 1, 1, tzinfo=UTC)  # otherwise the header has the current time
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    return compiled.getvalue()


def _require_closed_quotes(data: bytes) -> None:
    """Raise ValueError if a text of a .po file is not closed: Babel would cut off its last letter."""
    for number, line in enumerate(data.splitlines(), start=1):
        if line.startswith((b"msg", b'"')) and not line.rstrip().endswith(b'"'):
            raise ValueError(f"line {number}: a quotation mark is not closed")


def _require_same_placeholders(message: CatalogueMessage) -> None:
    """Raise ValueError if a translation does not have exactly the placeholders of its message."""
    source, translation = str(message.id), str(message.string)
    if translation and _list_placeholders(source) != _list_placeholders(translation):
        raise ValueError(f"line {message.lineno}: other placeholders than in '{source}'")


def _list_placeholders(text: str) -> list[str]:
    """Return the names in braces, sorted; raise ValueError if a brace is not closed."""
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)
