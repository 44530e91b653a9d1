"""Reads an older version in Markdown: its sections, and a report of what is left out of it.

The text stays as it was typed, so that its redlines show what its editors did. Only what is no text in this
tool goes: front matter, comments, template code, attribute lists; and raw HTML becomes Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape

from adoption.documents.markup import convert_html
from adoption.documents.reading import ReportKind, ReportLine
from adoption.documents.report import shorten_quote
from common.characters import INVISIBLE_CHARACTER, normalize_text
from common.errors import InputError
from common.messages import Message
from policy.markdown_parser import Token, parse_tokens
from policy.text_limits import find_excess

_SECTION_LEVEL = 2  # h1 and h2 begin a section
_FENCE = "---"
_TITLE = re.compile(r"^title:(.*)$", re.MULTILINE)
# Pairs of signs, and what stands between them.
_REMOVED = (
    ("<!--", "-->", Message("comment")),
    ("{%", "%}", Message("template code")),
    ("{{", "}}", Message("template code")),
    ("{#", "#}", Message("template code")),
)
# Attribute lists of kramdown, at the end of a heading or on a line of their own.
_ATTRIBUTES = re.compile(
    r"(?<![ \t])[ \t]*+\{:?(?:[#.][\w-]++|[\w-]++=\"[^\"\n]*+\"|[ \t])++\}[ \t]*+$", re.MULTILINE
)
_ATTRIBUTE_ID = re.compile(r"#([\w-]+)")
_ANCHOR_NAME = re.compile(r"\b(?:name|id)\s*+=\s*+[\"']?([\w-]+)", re.IGNORECASE)
_LINK_TARGET = re.compile(r"\bhref\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'>]++))", re.IGNORECASE)
_BLOCK_TAGS = "table|ul|ol|dl|div|p|section|details|blockquote|h[1-6]"
_BLOCK_START = re.compile(rf"^[ ]{{0,3}}<({_BLOCK_TAGS})\b[^<>]*+>", re.IGNORECASE | re.MULTILINE)
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*+)((?:\s[^<>]*+)?)/?>", re.IGNORECASE)
_SIGNS = {"b": "**", "strong": "**", "i": "*", "em": "*"}
# The further lines of a definition are indented; those of the text below it are not.
_DEFINITION = re.compile(
    r"^ {0,3}\[([^\[\]\n]+)\]:[ \t]*+\S.*$(?:\n(?:[ \t]*\n)*(?:\t| {4}).*\S.*$)*+", re.MULTILINE
)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,32});")
# "2 years<sup>1</sup>" must not become "2 years1".
_RAISED = re.compile(r"<sup>[ \t]*+([0-9]++)[ \t]*+</sup>", re.IGNORECASE)
_RAISED_DIGITS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_LABEL = re.compile(r"\[([^\[\]\n]+)\]")
_HEADING_LINE = re.compile(r"( {0,3})(#{1,6})(?=[ \t])")
# Stands for a name that links lead to; no file has it, since neither is a character.
_MARK = re.compile("\ufdd0([\\w-]+)\ufdd1")


@dataclass(frozen=True, slots=True)
class FoundSection:
    """A section of an older version; `anchors` are the names by which links lead to it or into it.

    `title` is empty for what precedes the first heading.
    """

    title: str
    markdown: str
    anchors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundDocument:
    """An older version in one language; `title` is empty if it states none."""

    title: str
    sections: tuple[FoundSection, ...]
    report: tuple[ReportLine, ...] = ()


@dataclass
class _Reading:
    """The report of one file while it is read."""

    report: list[ReportLine] = field(default_factory=list)

    def drop(self, what: Message, words: str) -> str:
        """Report words that are left out; return their line ends, so that no paragraphs grow together."""
        message = Message("{what}: {quote}", what=what, quote=shorten_quote(words))
        self.report.append(ReportLine(ReportKind.DROPPED, message, words))
        return "\n" * words.count("\n")

    def drop_between(self, start: str, end: str, what: Message, text: str) -> str:
        """Leave out everything between two signs, and the signs; what is not closed stays."""
        parts, position = [], 0
        while (opening := text.find(start, position)) >= 0:
            closing = text.find(end, opening + len(start))
            if closing < 0:
                break
            closing += len(end)
            parts += [text[position:opening], self.drop(what, text[opening:closing])]
            position = closing
        return "".join([*parts, text[position:]])


def read_markdown(name: str, data: bytes) -> FoundDocument:
    """Return the document in a Markdown file; raise InputError, which names it, if it has no text."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(Message("{name}: not UTF-8; save it as UTF-8", name=name)) from None
    text = INVISIBLE_CHARACTER.sub("", normalize_text(text.replace("\r\n", "\n").replace("\r", "\n")))
    text = _ENTITY.sub(
        lambda entity: "" if INVISIBLE_CHARACTER.fullmatch(unescape(entity[0])) else entity[0], text
    )
    text = _RAISED.sub(lambda raised: raised[1].translate(_RAISED_DIGITS), text)
    reading = _Reading()
    title, text = _take_front_matter(text, reading)
    for start, end, what in _REMOVED:
        text = reading.drop_between(start, end, what, text)
    text = _ATTRIBUTES.sub(
        lambda match: _mark_ids(match[0]) + reading.drop(Message("attributes"), match[0]), text
    )
    text = _convert_html(text, reading)
    if excess := find_excess(text):
        raise InputError(Message("{name}: {reason}", name=name, reason=excess.message))
    sections = list(_split(text))
    if len(sections) > 1 and not sections[0].markdown:  # the title of the page
        title = title or sections[0].title
        reading.drop(Message("title of the page"), sections.pop(0).title)
    if not any(section.markdown for section in sections):
        raise InputError(Message("{name}: there is no text in it", name=name))
    return FoundDocument(title, tuple(sections), tuple(reading.report))


def _take_front_matter(text: str, reading: _Reading) -> tuple[str, str]:
    """Return the title in the front matter, and the text after it."""
    lines = text.split("\n")
    if lines[0].rstrip() != _FENCE:
        return "", text
    end = next((number for number, line in enumerate(lines[1:], start=1) if line.rstrip() == _FENCE), 0)
    if not end:
        return "", text
    head = "\n".join(lines[1:end])
    reading.drop(Message("front matter"), head)
    match = _TITLE.search(head)
    return " ".join(match[1].strip().strip("\"'").split()) if match else "", "\n".join(lines[end + 1 :])


def _mark_ids(attributes: str) -> str:
    return "".join(f"\ufdd0{name}\ufdd1" for name in _ATTRIBUTE_ID.findall(attributes))


def _convert_html(text: str, reading: _Reading) -> str:
    """Return the text with Markdown for its raw HTML."""
    parts, position = [], 0
    while match := _BLOCK_START.search(text, position):
        end = _find_end(text, match)
        parts += [
            _convert_tags(text[position : match.start()]),
            _convert_block(text[match.start() : end], reading),
        ]
        position = end
    return "".join([*parts, _convert_tags(text[position:])])


def _find_end(text: str, start: re.Match[str]) -> int:
    """Return where an element ends: after its last tag, or where the text ends."""
    depth = 0
    for tag in _TAG.finditer(text, start.start()):
        if tag[2].lower() == start[1].lower():
            depth += -1 if tag[1] else 1
            if depth <= 0:
                return tag.end()
    return len(text)


def _convert_block(element: str, reading: _Reading) -> str:
    """Return a block of HTML as Markdown."""
    converted = convert_html(_MARK.sub("", element), is_full_page=False)
    reading.report += converted.report
    names = [*_MARK.findall(element), *(_find_name(tag[3]) for tag in _TAG.finditer(element))]
    lines = [
        f"{'#' * block.level} {block.text}" if block.kind == "heading" else block.markdown
        for block in converted.blocks
    ]
    return "\n\n" + _write_marks(names) + "\n\n".join(lines) + "\n\n"


def _find_name(attributes: str) -> str:
    match = _ANCHOR_NAME.search(attributes)
    return match[1] if match else ""


def _write_marks(names: Sequence[str]) -> str:
    return "".join(f"\ufdd0{name}\ufdd1" for name in names if name)


def _convert_tags(text: str) -> str:
    """Return the text with signs of Markdown for tags inside it; other tags go, their words stay."""
    parts, position, links = [], 0, list[str]()
    for tag in _TAG.finditer(text):
        is_end, name = bool(tag[1]), tag[2].lower()
        parts.append(text[position : tag.start()])
        position = tag.end()
        target = _LINK_TARGET.search(tag[3])
        if name == "br":
            parts.append(_write_break(text, tag.start()))
        elif name in _SIGNS:
            parts.append(_SIGNS[name])
        elif name == "a" and is_end:
            parts.append(links.pop() if links else "")
        elif name == "a" and target:
            links.append(f"]({target[1] or target[2] or target[3]})")
            parts.append("[")
        elif not is_end:
            parts.append(_write_marks([_find_name(tag[3])]))
            links += [""] * (name == "a" and not tag[0].endswith("/>"))
    return "".join([*parts, text[position:]])


def _write_break(text: str, position: int) -> str:
    """Return a line break; a cell of a table can have none."""
    line = text[text.rfind("\n", 0, position) + 1 : position]
    is_alone = not line.strip() or text[position:].startswith(("\n",))
    if is_alone or line.lstrip().startswith("|"):
        return " "
    return "\\\n" + line[: len(line) - len(line.lstrip())]


def _split(text: str) -> Iterator[FoundSection]:
    """Yield the sections of a text: what follows each heading of the first two levels."""
    lines = text.split("\n")
    tokens = parse_tokens(_MARK.sub("", text), "")
    headings = [
        (token.map[0], token.map[1], int(token.tag[1]), _read_words(tokens[number + 1]))
        for number, token in enumerate(tokens)
        if token.type == "heading_open" and token.level == 0 and token.map
    ]
    levels = {start: level for start, _, level, _ in headings}
    tops = [(start, body, words) for start, body, level, words in headings if level <= _SECTION_LEVEL]
    definitions = {match[1].casefold(): match[0].strip() for match in _DEFINITION.finditer(text)}
    ends = [*(start for start, _, _ in tops), len(lines)]
    for (start, body_start, heading), end in zip([(0, 0, ""), *tops], ends, strict=True):
        body = "\n".join(_lift_headings(lines[body_start:end], body_start, levels))
        words = _MARK.sub("", body).strip("\n").rstrip()
        if not heading and not words.strip():
            continue
        labels = {label.casefold() for label in _LABEL.findall(words)}
        used = [line for label, line in definitions.items() if label in labels and line not in words]
        # Where a heading is in the text of a section, links lead to it by its words.
        inner = [
            create_anchor(text)
            for line, _, level, text in headings
            if level > _SECTION_LEVEL and start <= line < end
        ]
        names = [*_MARK.findall("\n".join(lines[start:end])), *inner]
        markdown = "\n\n".join(filter(None, (words, "\n".join(used))))
        yield FoundSection(heading, markdown, tuple(dict.fromkeys(names)))


def _read_words(inline: Token) -> str:
    """Return the words of a heading."""
    words = "".join(
        " " if token.type in {"softbreak", "hardbreak"} else token.content
        for token in inline.children or ()
        if not token.nesting
    )
    return " ".join(words.split())


def _lift_headings(lines: Sequence[str], first: int, levels: dict[int, int]) -> Iterator[str]:
    """Yield the lines of a section, whose highest heading becomes one of the second level."""
    own = [levels[line] for line in range(first, first + len(lines)) if line in levels]
    shift = min(own, default=_SECTION_LEVEL) - _SECTION_LEVEL
    for number, line in enumerate(lines, start=first):
        match = _HEADING_LINE.match(line)
        if match and number in levels:
            yield f"{match[1]}{'#' * (levels[number] - shift)}{line[match.end() :]}"
        else:
            yield line


def create_anchor(title: str) -> str:
    """Return the name that GitHub and kramdown give to a heading: links in texts lead to it."""
    return re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-")
