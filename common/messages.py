"""Messages for the people who run a command: English templates with named values, translated when printed.

A message is created far from where it is printed, by code that does not know the reader's language. So it
keeps its template, which is its key in the catalogue of a language (`languages/*/tool.po`), and its values.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

Translator: TypeAlias = Callable[[str], str]  # from an English template to that of another language


class Translatable(Protocol):
    """A value with a text in each language; `str()` returns the English one."""

    def translate(self, translator: Translator) -> str:
        """Return the text in the language of the translator."""


@dataclass(frozen=True, slots=True, init=False)
class Message:
    """A template in the style of `str.format` and its values; a literal brace is written twice.

    A value that is a message is translated too, as are those in a tuple, which are joined by commas. Any
    other value is kept as its `str()`, so that messages can be compared and hashed.
    """

    template: str
    values: tuple[tuple[str, str | Message | tuple[Message, ...]], ...]

    def __init__(self, template: str, /, **values: object) -> None:
        object.__setattr__(self, "template", template)
        frozen = tuple((name, _freeze_value(value)) for name, value in values.items())
        object.__setattr__(self, "values", frozen)

    def __str__(self) -> str:
        """Return the English text."""
        return self.translate(str)

    def translate(self, translator: Translator) -> str:
        """Return the text in the language of the translator."""
        texts = {name: _translate_value(value, translator) for name, value in self.values}
        return translator(self.template).format_map(texts)


def translate_text(text: str | Translatable, translator: Translator) -> str:
    """Return a text in the language of the translator; a plain string has only one."""
    return text if isinstance(text, str) else text.translate(translator)


def _freeze_value(value: object) -> str | Message | tuple[Message, ...]:
    if isinstance(value, Message):
        return value
    if isinstance(value, tuple) and all(isinstance(item, Message) for item in value):
        return value
    return str(value)


def _translate_value(value: str | Message | tuple[Message, ...], translator: Translator) -> str:
    if isinstance(value, tuple):
        return ", ".join(item.translate(translator) for item in value)
    return translate_text(value, translator)
