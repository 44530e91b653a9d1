"""Proves that older versions lost and gained no word: those of each file are those of its published text.

The words of a file are read a second time, by code that shares nothing with what imports it. All words of the
published text must follow in the file in the same order. Each other word of the file must be one that the
import reports as left out, or the number of a list item, a heading or a footnote, which are counted anew.
"""

from __future__ import annotations

import html
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from html.parser import HTMLParser
from pathlib import PurePosixPath
from typing import NamedTuple

from adoption.history.markdown import FoundDocument
from adoption.history.sources import SourceFile
from common.characters import INVISIBLE_CHARACTER, normalize_text
from common.messages import Message
from policy.blocks import Block, extract_words, iter_leaves
from policy.document import Document, RenderedSection

_WORD = re.compile(r"[^\W_]+")
_NUMBER_AT_START = re.compile(r"[\s>*+#|-]*(\d+(?:\.\d+)*)[.)]?(?=\s|\Z)")
_TAG = re.compile(r"</?([a-z][a-z0-9]*+)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_LINK_TARGET = re.compile(
    r"\]\([ \t]*+(?:<[^<>\n]*+>|(?:[^\s()<>]++|\([^\s()]*+\))*+)(?:\s++\"[^\"\n]*+\")?+\s*+\)"
)
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?:(?!---[ \t]*\n).*\n)*---[ \t]*\n")
_DEFINITION = re.compile(r"^ {0,3}\[(?!\^)[^\[\]\n]+\]:[ \t]*\S+.*$", re.MULTILINE)
_LABEL = re.compile(r"(?<=\])\[[^\[\]\n]*\]|\[\^[^\[\]\s]+\]:?")
_FENCE_INFO = re.compile(r"^([ \t>]*(?:```+|~~~+))[^\n`]*$", re.MULTILINE)  # the language of code
_RAISED = re.compile(r"<sup>[ \t]*+([0-9]++)[ \t]*+</sup>", re.IGNORECASE)
_MARKDOWN = {".md", ".markdown"}
_HTML = {".html", ".htm"}
_FOOTNOTE_MARK = re.compile(r"\[(?:\d+|[a-z]{1,2})\]")  # letters are marks of comments
_MARK_SIGN = "\f"  # before a line that is such a mark
_MARK_OR_LINE_END = re.compile(r"[\f\n]")
_INLINE_SIGNS = dict.fromkeys(map(ord, "*`[]"))
# Numbers that refer to a note are no part of the word before them; raised ones may be digits in the file.
_REFERENCE = re.compile(r"\[(\d+)\]|([⁰¹²³⁴⁵⁶⁷⁸⁹]+)")
_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_MAX_SHOWN = 12  # words


_INLINE_TAGS = frozenset(
    {
        "a",
        "b",
        "strong",
        "em",
        "i",
        "code",
        "span",
        "sup",
        "sub",
        "u",
        "font",
        "small",
        "abbr",
        "bdi",
        "bdo",
        "big",
    }
    | {
        "cite",
        "del",
        "dfn",
        "ins",
        "kbd",
        "mark",
        "nobr",
        "q",
        "s",
        "samp",
        "strike",
        "time",
        "tt",
        "var",
        "wbr",
    }
)


class _Word(NamedTuple):
    """A word; `is_number` if it may be the number of a list item or a heading, or the mark of a footnote."""

    text: str
    is_number: bool


def find_difference(
    file: SourceFile, found: FoundDocument, published: Sequence[RenderedSection]
) -> Message | None:
    """Return what differs between a file and its published sections, in its order; None if nothing does."""
    before = [word for word in _read_file(file, found) if word.text]
    has_title = [bool(section.title) for section in found.sections]  # others have a title of ours
    sections = list(zip(published, has_title, strict=True))
    text, notes = list(_read_sections(sections)), list(_read_footnotes(published))
    position = find_first_foreign_word([word.text for word in before], text)
    if position is not None:
        words = " ".join(text[position : position + _MAX_SHOWN])
        return Message(
            "{file}: the published text has '{words}' in another place", file=file.name, words=words
        )
    explained = Counter(word.text for line in found.report for word in _split_words(line.words))
    explained.update((*text, *notes, *(word.text for word in before if word.is_number)))
    lost = []
    for word in before:
        explained[word.text] -= 1
        if explained[word.text] < 0:
            lost.append(word.text)
    if lost:
        words = " ".join(lost[:_MAX_SHOWN])
        return Message("{file}: the published text lacks '{words}'", file=file.name, words=words)
    return None


def find_first_foreign_word(before: Iterable[str], after: Sequence[str]) -> int | None:
    """Return the position of the first word that does not follow in `before` as it does in `after`."""
    rest = iter(before)
    return next((position for position, word in enumerate(after) if word not in rest), None)


def select_sections(document: Document, ids: Sequence[str]) -> list[RenderedSection]:
    """Return the sections of a published text in the order of its file, without those of another language.

    Languages share the order of the first; a section that is missing in one is shown in another.
    """
    own = [section for section in document.sections if section.locale == document.locale]
    places = {id_: place for place, id_ in enumerate(ids)}
    return sorted(own, key=lambda section: places.get(section.id, len(places)))


def _read_sections(sections: Iterable[tuple[RenderedSection, bool]]) -> Iterator[str]:
    """Yield the words of sections, without footnotes, which stand elsewhere in the file."""
    for section, has_title in sections:
        if has_title:
            yield from _split_text(section.title)
        for block in section.blocks:
            if not _is_footnotes(block):
                yield from _read_block(block)


def _read_footnotes(sections: Iterable[RenderedSection]) -> Iterator[str]:
    for section in sections:
        for block in filter(_is_footnotes, section.blocks):
            yield from _read_block(block)


def _is_footnotes(block: Block) -> bool:
    return ("class", "footnotes") in block.attrs


def _read_block(block: Block) -> Iterator[str]:
    for leaf in iter_leaves((block,)):
        if leaf.tag == "pre":  # text that was meant for a list may be code, with its signs
            yield from (word.text for word in _read_markdown("".join(run.text for run in leaf.runs)))
        else:
            yield from _split_text(" ".join(extract_words([leaf])))


def _split_text(text: str) -> list[str]:
    return [word.text for word in _split_words(text)]


def _read_file(file: SourceFile, found: FoundDocument) -> list[_Word]:
    """Return the words of a file; of a kind that only the import can read, those that it has read."""
    suffix = PurePosixPath(file.path).suffix.lower()
    if suffix in _MARKDOWN:
        return _read_markdown(file.data.decode("utf-8-sig"))
    if suffix in _HTML and b"<rss" not in file.data[:1000]:
        reader = _TextReader()
        reader.feed(_decode(file.data))
        reader.close()
        lines = "".join(reader.parts).split("\n")
        return [
            word._replace(is_number=word.is_number or line.startswith(_MARK_SIGN))
            for line in lines
            for word in _split_words(line)
        ]
    parts = (f"{section.title}\n\n{section.markdown}" for section in found.sections)
    return _read_markdown("\n\n".join(parts))


def _decode(data: bytes) -> str:
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("windows-1252", "replace")


def _read_markdown(text: str) -> list[_Word]:
    text = _FRONT_MATTER.sub("", text.replace("\r\n", "\n"), count=1)
    text = _FENCE_INFO.sub(r"\1", text)
    text = _LABEL.sub("", _DEFINITION.sub("", _LINK_TARGET.sub("]", text)))
    text = _TAG.sub(lambda tag: "" if tag[1].lower() in _INLINE_TAGS else "\n", _RAISED.sub(r" \1 ", text))
    return [word for line in html.unescape(text).split("\n") for word in _split_words(line)]


def _split_words(text: str) -> list[_Word]:
    """Return the words of a line."""
    # Emphasis and links may begin and end in the middle of a word.
    visible = INVISIBLE_CHARACTER.sub("", normalize_text(text))
    apart = _REFERENCE.sub(lambda match: f" {(match[1] or match[2]).translate(_DIGITS)} ", visible)
    clean = apart.translate(_INLINE_SIGNS)
    start = _NUMBER_AT_START.match(clean)
    end = start.end(1) if start else 0
    return [_Word(match[0], match.start() < end) for match in _WORD.finditer(clean)]


class _TextReader(HTMLParser):
    """Collects the texts of a page that a browser shows."""

    _HIDDEN = frozenset({"script", "style", "template", "noscript", "svg", "iframe", "object", "title"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._depth = 0
        self._is_in_local_link = False
        self._is_raised = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line at each block; an image is its text."""
        self._depth += tag in self._HIDDEN
        self._is_raised |= tag == "sup"
        if tag == "a":
            self._is_in_local_link = (dict(attrs).get("href") or "").startswith("#")
        if tag == "img":
            self.parts.append(f" {dict(attrs).get('alt') or ''} ")
        elif tag not in _INLINE_TAGS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """End a line at each block."""
        self._depth = max(0, self._depth - (tag in self._HIDDEN))
        self._is_in_local_link &= tag != "a"
        self._is_raised &= tag != "sup"
        if tag not in _INLINE_TAGS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        """Take a text, in which line ends are blanks; the mark of a footnote is a line."""
        if self._depth:
            return
        words = data.strip()
        is_number = self._is_raised and words.isdecimal()
        if self._is_in_local_link and (is_number or _FOOTNOTE_MARK.fullmatch(words)):
            self.parts.append(f"\n{_MARK_SIGN}{words}\n")
        else:
            text = _MARK_OR_LINE_END.sub(" ", data)
            self.parts.append(f" {text} " if is_number else text)
