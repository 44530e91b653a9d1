"""Proves that older versions lost and gained no word: those of each file are those of its published text.

The words of a file are read a second time, by code that shares nothing with what imports it. What an import
reports as left out may be missing; numbers of lists and headings are not compared, since they are counted
anew. The first language that differs is named with the words.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from html.parser import HTMLParser
from pathlib import PurePosixPath
from typing import NamedTuple, TypeAlias

from adoption.history_markdown import FoundDocument
from adoption.history_sources import SourceFile
from common.characters import INVISIBLE_CHARACTER, normalize_text
from common.messages import Message
from policy.blocks import extract_words, iter_leaves
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
_MARKDOWN = {".md", ".markdown"}
_HTML = {".html", ".htm"}
_GRAM = 3  # words in a row that show where two texts go on together
_MAX_PAIRS = 1_000_000  # of words that are compared one by one
_MAX_WORDS = 20_000  # of two texts that are compared so as a whole
_MAX_SHOWN = 12  # words


_INLINE_TAGS = frozenset({"a", "b", "strong", "em", "i", "code", "span", "sup", "sub", "u", "font", "small"})


class _Word(NamedTuple):
    """A word; `is_number` if it may be the number of a list item or a heading."""

    text: str
    is_number: bool


def find_difference(
    file: SourceFile, found: FoundDocument, published: Iterable[RenderedSection], untitled: str
) -> Message | None:
    """Return what is different between a file and its published text; None if nothing is.

    `untitled` is the title of text without a heading, which the file does not have.
    """
    before = _read_file(file, found)
    after = _read_sections(published)
    if _join(before) == _join(after):
        return None
    allowed = Counter(word.text for line in found.report for word in _split_words(line.words))
    title = "".join(word.text for word in _split_words(untitled))
    # The quick comparison may pair words wrongly where they repeat.
    if _find_problem(_compare(before, after), allowed, title) is None:
        return None
    problem = _find_problem(_divide(before, after, _MAX_WORDS**2), allowed, title)
    if problem is None:
        return None
    words, is_lost = problem
    if is_lost:
        return Message("{file}: the published text lacks '{words}'", file=file.name, words=_quote(words))
    return Message("{file}: the published text has besides '{words}'", file=file.name, words=_quote(words))


def _join(words: Iterable[_Word]) -> str:
    return "".join(word.text for word in words if not word.is_number)


def _find_problem(
    differences: Iterable[_Difference], allowed: Counter[str], title: str
) -> tuple[Sequence[_Word], bool] | None:
    """Return the first words that no report explains, and whether they are lost or else added."""
    left = allowed.copy()
    for missing, added in differences:
        if "".join(word.text for word in missing) == "".join(word.text for word in added):
            continue  # emphasis in the middle of a word
        lost = Counter(word.text for word in missing if not word.is_number)
        if lost - left:
            return missing, True
        left -= lost
        if _join(added) not in {"", title}:
            return added, False
    return None


def select_sections(document: Document, ids: Sequence[str]) -> list[RenderedSection]:
    """Return the sections of a published text in the order of its file, without those of another language.

    Languages share the order of the first; a section that is missing in one is shown in another.
    """
    own = [section for section in document.sections if section.locale == document.locale]
    places = {id_: place for place, id_ in enumerate(ids)}
    return sorted(own, key=lambda section: places.get(section.id, len(places)))


def _quote(words: Sequence[_Word]) -> str:
    texts = [word.text for word in words]
    return " ".join(texts[:_MAX_SHOWN]) + (" …" if len(texts) > _MAX_SHOWN else "")


def _read_sections(sections: Iterable[RenderedSection]) -> list[_Word]:
    words: list[_Word] = []
    for section in sections:
        words += _split_words(section.title)
        for leaf in iter_leaves(section.blocks):
            if leaf.tag == "pre":  # text that was meant for a list may be code, with its signs
                words += _read_markdown("".join(run.text for run in leaf.runs))
            else:
                words += _split_words(" ".join(extract_words([leaf])))
    return words


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
        return [word for line in lines for word in _split_words(line)]
    parts = (f"{section.title}\n\n{section.markdown}" for section in found.sections)
    return _read_markdown("\n\n".join(parts))


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("windows-1252", "replace")


def _read_markdown(text: str) -> list[_Word]:
    text = _FRONT_MATTER.sub("", text.replace("\r\n", "\n"), count=1)
    text = _LABEL.sub("", _DEFINITION.sub("", _LINK_TARGET.sub("]", text)))
    text = _TAG.sub(lambda tag: "" if tag[1].lower() in _INLINE_TAGS else "\n", text)
    return [word for line in html.unescape(text).split("\n") for word in _split_words(line)]


def _split_words(text: str) -> list[_Word]:
    """Return the words of a line."""
    clean = INVISIBLE_CHARACTER.sub("", normalize_text(text))
    start = _NUMBER_AT_START.match(clean)
    end = start.end(1) if start else 0
    return [_Word(match[0], match.start() < end) for match in _WORD.finditer(clean)]


_Difference: TypeAlias = tuple[Sequence[_Word], Sequence[_Word]]


class _TextReader(HTMLParser):
    """Collects the texts of a page that a browser shows."""

    _HIDDEN = frozenset({"script", "style", "template", "noscript", "svg", "iframe", "object", "title"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line at each block; an image is its text."""
        self._depth += tag in self._HIDDEN
        if tag == "img":
            self.parts.append(f" {dict(attrs).get('alt') or ''} ")
        elif tag not in _INLINE_TAGS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """End a line at each block."""
        self._depth = max(0, self._depth - (tag in self._HIDDEN))
        if tag not in _INLINE_TAGS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        """Take a text, in which line ends are blanks."""
        if not self._depth:
            self.parts.append(data.replace("\n", " "))


def _compare(before: Sequence[_Word], after: Sequence[_Word]) -> Iterator[_Difference]:
    """Yield what stands only in one of two texts, and in its place in the other."""
    places: Mapping[tuple[str, ...], list[int]] = _index(after)
    old = new = 0
    while old < len(before) or new < len(after):
        if old < len(before) and new < len(after) and before[old].text == after[new].text:
            old, new = old + 1, new + 1
            continue
        next_old, next_new = _find_common(before, after, places, old, new)
        yield from _divide(before[old:next_old], after[new:next_new])
        old, new = next_old, next_new


def _divide(
    before: Sequence[_Word], after: Sequence[_Word], max_pairs: int = _MAX_PAIRS
) -> Iterator[_Difference]:
    """Yield what two short stretches do not have in common, and two long ones as they are."""
    if not before or not after or len(before) * len(after) > max_pairs:
        yield before, after
        return
    matcher = SequenceMatcher(
        None, [word.text for word in before], [word.text for word in after], autojunk=False
    )
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag != "equal":
            yield before[start:end], after[new_start:new_end]


def _index(words: Sequence[_Word]) -> Mapping[tuple[str, ...], list[int]]:
    places: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for position in range(len(words) - _GRAM + 1):
        places[tuple(word.text for word in words[position : position + _GRAM])].append(position)
    return places


def _find_common(
    before: Sequence[_Word],
    after: Sequence[_Word],
    places: Mapping[tuple[str, ...], list[int]],
    old: int,
    new: int,
) -> tuple[int, int]:
    """Return the nearest positions from which both texts go on with the same words, or their ends."""
    best = (len(before), len(after))
    least = (len(before) - old) + (len(after) - new)
    for position in range(old, len(before) - _GRAM + 1):
        if position - old >= least:
            break
        found = places.get(tuple(word.text for word in before[position : position + _GRAM]), ())
        index = bisect_left(found, new)
        if index < len(found) and (distance := position - old + found[index] - new) < least:
            least, best = distance, (position, found[index])
    if best == (len(before), len(after)):  # what both end with
        length = 0
        while (
            length < min(len(before) - old, len(after) - new)
            and before[-1 - length].text == after[-1 - length].text
        ):
            length += 1
        best = (len(before) - length, len(after) - length)
    return best
