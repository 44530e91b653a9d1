"""Reads the folders of languages; the only module that knows where they are and what their files are called.

Nothing invalidates the caches: the folders are part of the program.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from common.errors import InputError

if TYPE_CHECKING:  # they import pydantic, 11 MiB that the notifier, which needs only readers, has no use for
    from languages.models import Checks, Edits, LanguageModel, Words

# The language of the messages in code and templates, so that it needs no catalogue.
SOURCE_LANGUAGE = "en"
FOLDER = Path(__file__).resolve().parent
_CODE = re.compile("[a-z]{2,3}")  # of ISO 639
_ROOT_FOLDERS = ("api", "assets")  # of a site, beside the folders of languages
_WORDS, _CHECKS, _EDITS = "words.toml", "checks.toml", "edits.toml"
# What says which language it is cannot come from another one.
_OWN_KEYS = (
    "cldr",
    "family",
    "readers",
    "wordpress",
    "fallback",
    "date_format",
    "months_after_ordinals",
    "abbreviations",
    "countries",
)

AnyModel = TypeVar("AnyModel", bound="LanguageModel")


@dataclass(frozen=True)
class Language:
    """All that is known of a language; `borrowed_words` are the keys of words taken from its fallback.

    `folders` are its own folder and those of its fallbacks, in which catalogues of messages are looked up.
    """

    code: str
    words: Words
    checks: Checks
    edits: Edits | None
    borrowed_words: tuple[str, ...]
    folders: tuple[Path, ...]

    def list_catalogues(self, name: str) -> tuple[Path, ...]:
        """Return the gettext catalogues of a name such as `interface`, in the order of look-up."""
        paths = (folder / f"{name}.po" for folder in self.folders)
        return tuple(path for path in paths if path.is_file())


@lru_cache(maxsize=1)
def list_language_codes() -> tuple[str, ...]:
    """Return the codes of all languages, sorted. A folder that is not named by a code is none of them."""
    codes = (path.parent.name for path in FOLDER.glob(f"*/{_WORDS}") if path.is_file())
    return tuple(sorted(code for code in codes if _CODE.fullmatch(code) and code not in _ROOT_FOLDERS))


def list_translated_languages(catalogue: str) -> tuple[str, ...]:
    """Return the codes of the languages that have a catalogue such as `tool` of their own."""
    return tuple(code for code in list_language_codes() if (FOLDER / code / f"{catalogue}.po").is_file())


@lru_cache(maxsize=64)
def get_language(code: str) -> Language:
    """Return a language; raise InputError if it has no folder, or a key that is unknown, missing or wrong."""
    from languages.models import Checks, Edits, Words  # noqa: PLC0415 - see above

    own = _read_words(code)
    codes = _list_fallbacks(code)
    data: Mapping[str, Any] = {}
    for other in reversed(codes[1:]):
        inherited = _read_file(FOLDER / other / _WORDS).items()
        data = _merge(data, {key: value for key, value in inherited if key not in _OWN_KEYS})
    words = _validate(Words, _merge(data, own), FOLDER / code / _WORDS)
    _refuse_taken_names(code, words)
    edits = FOLDER / code / _EDITS
    return Language(
        code,
        words,
        _validate(Checks, _read_file(FOLDER / code / _CHECKS), FOLDER / code / _CHECKS),
        _validate(Edits, _read_file(edits), edits) if edits.is_file() else None,
        tuple(sorted(set(_iter_keys(data)) - set(_iter_keys(own)))),
        tuple(FOLDER / other for other in codes),
    )


@lru_cache(maxsize=64)
def get_readers(code: str) -> frozenset[str]:
    """Return the codes of readers who get a language if a site lacks their own; reads nothing else of it.

    Raises InputError if the language has no folder.
    """
    return frozenset(map(str, _read_words(code).get("readers", ())))


def _read_words(code: str) -> Mapping[str, Any]:
    if code not in list_language_codes():
        known = ", ".join(list_language_codes())
        raise InputError(f"there is no language '{code}'; the languages are {known} (docs/languages.md)")
    return _read_file(FOLDER / code / _WORDS)


def _refuse_taken_names(code: str, words: Words) -> None:
    """Refuse a folder name of addresses that something else has in the same folder of a site."""
    taken = {*_ROOT_FOLDERS, *list_language_codes()}
    for key in ("version", "changelog", "help_centre"):
        name = getattr(words.urls, key)
        is_taken = name in taken
        taken.add(name)
        if is_taken:
            message = f"languages/{code}/{_WORDS}: urls.{key}: every site has another folder '{name}'"
            raise InputError(f"{message}; choose another name")


def _list_fallbacks(code: str) -> list[str]:
    """Return a language and the languages that its words may come from, in order."""
    codes = [code]
    while (other := _read_file(FOLDER / codes[-1] / _WORDS).get("fallback")) is not None:
        if other in codes or other not in list_language_codes():
            path = f"languages/{codes[-1]}/{_WORDS}"
            raise InputError(f"{path}: fallback: '{other}' is not another language; write one that exists")
        codes.append(other)
    return codes


def _read_file(path: Path) -> Mapping[str, Any]:
    """Return the content of a TOML file; nothing if there is no such file."""
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{_describe_path(path)}: not TOML: {error}") from None


def _merge(base: Mapping[str, Any], own: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the tables of `own` with what they lack from `base`."""
    merged = {**base, **own}
    for key in base.keys() & own.keys():
        if isinstance(base[key], dict) and isinstance(own[key], dict):
            merged[key] = _merge(base[key], own[key])
    return merged


def _iter_keys(data: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    for key, value in data.items():
        if isinstance(value, dict):
            yield from _iter_keys(value, f"{prefix}{key}.")
        else:
            yield prefix + key


def _validate(model: type[AnyModel], data: Mapping[str, Any], path: Path) -> AnyModel:
    from pydantic import ValidationError  # noqa: PLC0415 - see above

    try:
        return model.model_validate(data)
    except ValidationError as error:
        lines = (
            f"{_describe_path(path)}: {'.'.join(map(str, detail['loc']))}: {detail['msg']}"
            for detail in error.errors(include_url=False)
        )
        raise InputError(*lines) from None


def _describe_path(path: Path) -> str:
    return path.relative_to(FOLDER.parent).as_posix()
