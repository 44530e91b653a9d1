"""Checks that every word typed is printed, and that text has not become markup by accident."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from common.characters import INVISIBLE_CHARACTER
from common.messages import Message
from languages.loader import get_language
from policy.checks.context import PolicyCheckContext
from policy.fields import Locale
from policy.findings import Finding, Location
from policy.markdown_parser import Token, parse_unmoved_tokens
from policy.source_words import find_unprinted_words

# "[^2]" without a footnote, and "[words][label]" without a definition.
_UNRESOLVED_LABEL = re.compile(r"\[\^[^\[\]\s]+\]|\[[^\[\]]+\]\[[^\[\]]*\]")
_MAX_QUOTE_WORDS = 6
_SPELLED_OUT = re.compile(r"\[U\+([0-9A-F]{4,6})\]")  # as the reader of YAML does it
_REPORTED = -1  # in place of the next number of a list: one finding a list is enough


class MarkdownSource(NamedTuple):
    """A Markdown text of the content, and the location of its first line."""

    location: Location
    locale: Locale
    text: str

    def locate(self, line: int) -> Location:
        """Return the location of a line of the text, counted from 1."""
        path, first, column = self.location
        return Location(path, first + line - 1, column if line == 1 else 1)


class Problem(NamedTuple):
    """What is wrong on a line of a text, counted from 1, and what to do about it."""

    line: int
    message: Message
    hint: Message


class _TextProblems(NamedTuple):
    """What is wrong in one text, by the rules that report it."""

    unprinted: tuple[Problem, ...]
    accidents: tuple[Problem, ...]
    lists: tuple[Problem, ...]
    entities: tuple[Problem, ...]


def find_unprinted_text(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find words that Markdown consumes: a cell too many, the title of a link, the language of code."""
    yield from _report_problems(context, "unprinted")


def find_accidental_markup(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find signs that were meant as text: "> 18 år" becomes a quotation, "2*3*4" emphasis."""
    yield from _report_problems(context, "accidents")


def find_misleading_list_numbers(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find lists whose numbers readers would see otherwise than typed, and dates that begin an item."""
    yield from _report_problems(context, "lists")


def find_problems(source: MarkdownSource) -> tuple[Problem, ...]:
    """Return everything in a text that readers would not see, or see otherwise than typed."""
    found = _inspect_text(source.text, source.locale)
    return (*found.unprinted, *found.accidents, *found.lists)


def _report_problems(context: PolicyCheckContext, kind: str) -> Iterator[Finding]:
    """Yield the findings of one kind, a field of `_TextProblems`, in every text."""
    for source in _iter_sources(context):
        for line, message, hint in getattr(_inspect_text(source.text, source.locale), kind):
            yield Finding(source.locate(line), message, hint)


@lru_cache(maxsize=1024)
def _inspect_text(text: str, locale: Locale) -> _TextProblems:
    """Return what is wrong in a text, which is parsed once for all rules.

    The cache needs no invalidation: its key is the complete input. It holds problems, because the tokens of a
    policy take much memory.
    """
    tokens, environment = parse_unmoved_tokens(text, locale)
    return _TextProblems(
        tuple(_find_unprinted_words(text, tokens, environment)),
        tuple(_find_accidents(text, tokens, environment)),
        tuple(_find_list_problems(tokens, locale)),
        tuple(_find_invisible_entities(text, tokens)),
    )


def _find_unprinted_words(
    text: str, tokens: Sequence[Token], environment: dict[str, Any]
) -> Iterator[Problem]:
    for line, words in find_unprinted_words(text, tokens, environment):
        message = Message("readers do not see '{words}'", words=_shorten(words))
        yield Problem(line, message, Message("write it as text, or remove it"))


def _find_accidents(text: str, tokens: Sequence[Token], environment: dict[str, Any]) -> Iterator[Problem]:
    yield from _find_accidental_blocks(tokens, text.split("\n"))
    yield from _find_accidental_inlines(tokens)
    yield from _find_unused_definitions(tokens, environment)


def find_invisible_characters(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find characters that nobody sees, and that can make readers see other words than the file has.

    They are bidirectional and other control characters (UAX #9, CVE-2021-42574), soft hyphens, blanks without
    width, and tags. In a document they are shown as their code point.
    """
    for path in context.files:
        for number, line in enumerate(context.split_lines(path), start=1):
            for match in INVISIBLE_CHARACTER.finditer(line):
                message = Message("an invisible character ({code})", code=_format_code_point(match[0]))
                yield Finding(Location(path, number, match.start() + 1), message, Message("remove it"))
    yield from _find_escaped_characters(context)
    yield from _report_problems(context, "entities")


def _find_invisible_entities(text: str, tokens: Sequence[Token]) -> Iterator[Problem]:
    """Yield the invisible characters that a text has as entities."""
    for token in tokens:
        found = INVISIBLE_CHARACTER.findall("".join(child.content for child in token.children or ()))
        for character in dict.fromkeys(found):
            if character not in text:
                code = _format_code_point(character)
                message = Message("an invisible character ({code}), written as an entity", code=code)
                yield Problem(_get_line(token), message, Message("remove it"))


def _find_escaped_characters(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find characters in values of YAML that are written as an escape: backslash, u, 202E."""
    titles = (
        (Location(section.path, 2), section.title)
        for sections in context.policy.sections.values()
        for section in sections
    )
    values = (
        value
        for path in context.files
        if path.endswith(".yaml") and "/." not in path
        for value in context.list_yaml_values(path)
    )
    for location, value in (*values, *titles):
        text = "\n".join(context.split_lines(location.path))
        for match in _SPELLED_OUT.finditer(value):
            if match[0] not in text and chr(int(match[1], 16)) not in text:
                message = Message(
                    "an invisible character ({code}), written as an entity", code=f"U+{match[1]}"
                )
                yield Finding(location, message, Message("remove it"))


def _iter_sources(context: PolicyCheckContext) -> Iterator[MarkdownSource]:
    """Yield the body of every section and every text of a note; a common text is of the first language."""
    policy = context.policy
    for sections in policy.sections.values():
        for section in sections:
            yield MarkdownSource(Location(section.path, section.line), section.locale, section.body)
    for name, note in policy.note_files.items():
        for key, locale, text in note.texts:
            path = (key, locale) if locale else (key,)
            location = context.locate_value(f"content/{name}", path)
            yield MarkdownSource(location, locale or policy.languages[0], text)


def _format_code_point(character: str) -> str:
    return f"U+{ord(character):04X}"


def _get_line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 1


def _shorten(words: str) -> str:
    found = words.split()
    return " ".join(found[:_MAX_QUOTE_WORDS]) + (" …" if len(found) > _MAX_QUOTE_WORDS else "")


def _find_accidental_blocks(tokens: Sequence[Token], lines: Sequence[str]) -> Iterator[Problem]:
    """Yield headings and quotations that were probably meant as text."""
    for token, following in pairwise(tokens):
        line = _get_line(token)
        if token.type == "heading_open":
            text = _shorten(following.content)
            if token.markup in {"-", "="}:
                message = Message("the line below makes a heading of '{words}'", words=text)
                hint = Message("put an empty line between them, or write ## before a heading")
                yield Problem(line, message, hint)
            elif _count_closing_signs(lines[line - 1]) not in {0, len(token.markup)}:
                message = Message("readers do not see the last # of '{words}'", words=lines[line - 1].strip())
                yield Problem(line, message, Message(r"write \# for a sign that readers should see"))
    for token, _, inline in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if token.type != "blockquote_open" or not inline.content[:1].isdigit():
            continue
        # Below an empty line it is a quotation; on a wrapped line it is a sentence about more than 18 years.
        if _get_line(token) > 1 and lines[_get_line(token) - 2].strip():
            words = _shorten(inline.content)
            message = Message("'> {words}' becomes a quotation, and readers do not see the >", words=words)
            yield Problem(_get_line(token), message, Message(r"write it in words, or write \>"))


def _count_closing_signs(line: str) -> int:
    """Return how many # end a line, after a blank."""
    match = re.search(r"[ \t](#+)[ \t]*$", line)
    return len(match[1]) if match else 0


def _find_accidental_inlines(tokens: Sequence[Token]) -> Iterator[Problem]:
    """Yield emphasis between digits, and labels in brackets that lead nowhere."""
    for token in tokens:
        if token.type != "inline":
            continue
        children = token.children or []
        for before, opening, inside in zip(children, children[1:], children[2:], strict=False):
            if (
                opening.type in {"em_open", "strong_open"}
                and before.content[-1:].isdigit()
                and inside.content[:1].isdigit()
            ):
                words = _shorten(token.content)
                message = Message(
                    "readers do not see the {sign} in '{words}'", sign=opening.markup, words=words
                )
                hint = Message(r"write \{sign}, or use ×", sign=opening.markup[0])
                yield Problem(_get_line(token), message, hint)
        text = "".join(child.content for child in children if child.type == "text")
        for match in _UNRESOLVED_LABEL.finditer(text):
            message = Message("'{words}' refers to nothing, and readers see it as it is", words=match[0])
            yield Problem(_get_line(token), message, Message("define it below, or remove it"))


def _find_unused_definitions(tokens: Sequence[Token], environment: dict[str, Any]) -> Iterator[Problem]:
    """Yield footnotes and targets that no text refers to, second definitions, and titles of targets."""
    used_notes = {child.meta.get("label") for child in _iter_children(tokens) if child.type == "footnote_ref"}
    used_labels = {child.meta.get("label") for child in _iter_children(tokens)}
    defined: set[str] = set()
    for token in tokens:
        if token.type != "footnote_reference_open":
            continue
        label = token.meta["label"]
        if label not in used_notes:
            message = Message(
                "no text refers to the footnote '[^{label}]', so readers do not see it", label=label
            )
            hint = Message("write [^{label}] where it belongs, or remove it", label=label)
            yield Problem(_get_line(token), message, hint)
        elif label in defined:
            message = Message("the footnote '[^{label}]' is defined twice; readers see only one", label=label)
            yield Problem(_get_line(token), message, Message("give one of them another name"))
        defined.add(label)
    for label, definition in environment.get("references", {}).items():
        line = definition["map"][0] + 1
        if label not in used_labels:
            message = Message(
                "this line defines the link '{label}', which no text uses, so readers do not see it",
                label=label.lower(),
            )
            yield Problem(line, message, Message(r"write \[ before text, or remove the line"))
        elif definition["title"]:
            words = _shorten(definition["title"])
            message = Message("readers do not see the title '{words}' of a link", words=words)
            yield Problem(line, message, Message("write it as text, or remove it"))
    for definition in environment.get("duplicate_refs", ()):
        label = definition["label"].lower()
        message = Message("the link '{label}' is defined twice, and only the first counts", label=label)
        yield Problem(definition["map"][0] + 1, message, Message("remove one of them"))


def _iter_children(tokens: Sequence[Token]) -> Iterator[Token]:
    """Yield all inline tokens, also those inside images."""
    for token in tokens:
        for child in token.children or ():
            yield child
            yield from _iter_children([child])


def _find_list_problems(tokens: Sequence[Token], locale: Locale) -> Iterator[Problem]:
    """Yield items whose number is not the next, and items that begin with a month."""
    months = get_language(locale).words.months_after_ordinals
    month = re.compile(rf"({'|'.join(months)})\b", re.IGNORECASE) if months else None
    expected: list[int | None] = []
    for position, token in enumerate(tokens):
        match token.type:
            case "ordered_list_open" | "bullet_list_open":
                expected.append(None)
            case "ordered_list_close" | "bullet_list_close":
                expected.pop()
            case "list_item_open" if token.info:
                number, due = int(token.info), expected[-1]
                expected[-1] = number + 1 if due in {None, number} else _REPORTED
                line = _get_line(token)
                if due not in {None, number, _REPORTED}:
                    message = Message(
                        "the number {number} is typed, and readers see {due}", number=number, due=due
                    )
                    hint = Message(
                        r"write {due}., or write {number}\. if it is not an item of the list",
                        due=due,
                        number=number,
                    )
                    yield Problem(line, message, hint)
                text = tokens[position + 2].content if position + 2 < len(tokens) else ""
                if month and month.match(text):
                    message = Message(
                        "'{number}. {words}' may be a date or an item of a list",
                        number=token.info,
                        words=_shorten(text),
                    )
                    yield Problem(
                        line, message, Message(r"write {number}\. if it is a date", number=token.info)
                    )
