"""The language of the messages for an editor: that of `--lang`, else that of the terminal, else English.

English is the language of the code. Every other language has its messages in a catalogue, `tool.po`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from common.errors import InputError
from common.messages import Message, Translator
from common.suggestions import suggest_name
from languages.loader import SOURCE_LANGUAGE, list_language_codes, list_translated_languages
from languages.matching import choose_language
from policy.localization import load_catalogue

# POSIX.1-2017, 8.2: the first of them that is set and not empty decides.
_LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


@dataclass(frozen=True, slots=True)
class MessageLanguage:
    """The code of a language, and the function that translates the templates of messages into it."""

    code: str
    translator: Translator


ENGLISH = MessageLanguage(SOURCE_LANGUAGE, str)


def list_message_languages() -> tuple[str, ...]:
    """Return the codes of the languages that messages can be printed in, English first."""
    return (ENGLISH.code, *list_translated_languages("tool"))


def load_message_language(code: str) -> MessageLanguage:
    """Return a language, or the best one for its readers; raise InputError for an unknown code."""
    codes = list_message_languages()
    if code in list_language_codes():
        # Nynorsk has no messages of its own; its readers would rather have Bokmål than English.
        code = choose_language(code, codes)
    if code not in codes:
        raise InputError(
            Message("no messages in '{code}'; {suggestion}", code=code, suggestion=suggest_name(code, codes))
        )
    return MessageLanguage(code, load_catalogue("tool", code))


def choose_message_language(environment: Mapping[str, str]) -> MessageLanguage:
    """Return the language of a terminal, whose locale is in these environment variables."""
    locale = next(filter(None, (environment.get(name) for name in _LOCALE_VARIABLES)), "")
    return load_message_language(choose_language(locale, list_message_languages()))
