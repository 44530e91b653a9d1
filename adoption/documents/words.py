"""The words of a text, for comparing what a conversion was given with what it made."""

from __future__ import annotations

import re
from html import unescape

from common.characters import normalize_text

_TAG = re.compile(r"<[^<>]{0,4000}>")
_BLOCK = re.compile(
    r"</?(?:p|div|li|ul|ol|td|th|h[1-6]|tr|table|br|dt|dd|pre|blockquote)\b[^<>]{0,4000}>", re.IGNORECASE
)


def extract_letters_and_digits(text: str) -> str:
    """Return the letters and digits of a text in order, to verify that a conversion keeps them all."""
    return "".join(re.findall(r"[^\W_]", normalize_text(text)))


def list_words(text: str) -> list[str]:
    """Return the words and numbers of a text in order."""
    return re.findall(r"\w+", normalize_text(text))


def remove_tags(html: str) -> str:
    """Return the words of HTML without its tags; those of different blocks are not joined."""
    return unescape(_TAG.sub("", _BLOCK.sub(" ", html)))
