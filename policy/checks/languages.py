"""Two languages that must say the same (law.md, Two languages); staleness needs history: changelog/."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from policy.blocks import iter_leaves
from policy.checks.context import typed_words
from policy.checks.quantities import Quantity, quantities
from policy.findings import Finding, Location
from policy.markdown import parse_markdown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from policy.blocks import Block
    from policy.checks.context import PolicyCheckContext
    from policy.models import Section

_SHAPES = {
    "p": "paragraphs",
    "ul": "lists",
    "ol": "numbered lists",
    "li": "list items",
    "table": "tables",
    "tr": "table rows",
    "table-slot": "tables of facts",
    "h3": "headings",
    "h4": "headings below headings",
    "pre": "blocks of code",
    "blockquote": "quotations",
    "dt": "terms",
    "dd": "definitions",
}


def translation_missing(subject: PolicyCheckContext) -> Iterator[Finding]:
    """Every section stands in every language; facts and notes are held to it by reading.py."""
    languages = subject.policy.languages
    stems = {section.id: section.stem for own in subject.policy.sections.values() for section in own}
    for locale in languages:
        own = {section.id for section in subject.policy.sections[locale]}
        for name, stem in stems.items():
            if name not in own:
                there = next(
                    s.path for code in languages for s in subject.policy.sections[code] if s.id == name
                )
                hint = f"write content/{locale}/{stem}.md; until then readers see the other language"
                yield Finding(Location(there), f"the section '{name}' is missing in '{locale}'", hint)


def translation_facts_differ(subject: PolicyCheckContext) -> Iterator[Finding]:
    """Find a number, date, link or placeholder that stands in one language and not in the other."""
    for first, other in _twins(subject):
        for what, (here, there) in {
            "placeholder": (_slots(first), _slots(other)),
            "link": (_targets(first), _targets(other)),
        }.items():
            yield from _unshared(what, first, other, here - there, there - here)
        yield from _counted(first, other)


def translation_shape(subject: PolicyCheckContext) -> Iterator[Finding]:
    """As many paragraphs, list items and rows stand in one language as in the other."""
    for first, other in _twins(subject):
        here, there = (Counter(_tags(parse_markdown(section.body, section.id))) for section in (first, other))
        odd = next((tag for tag in _SHAPES if here[tag] != there[tag]), None)
        if odd:
            message = f"{there[odd]} {_SHAPES[odd]} here, {here[odd]} in {first.path}"
            yield Finding(Location(other.path, other.line), message, "part the text in the same way in both")


def _twins(subject: PolicyCheckContext) -> Iterator[tuple[Section, Section]]:
    first, *rest = subject.policy.languages
    own = {section.id: section for section in subject.policy.sections[first]}
    for locale in rest:
        for section in subject.policy.sections[locale]:
            if section.id in own:
                yield own[section.id], section


def _unshared(
    what: str, first: Section, other: Section, only_first: Iterable[str], only_other: Iterable[str]
) -> Iterator[Finding]:
    for words in dict.fromkeys(only_first):
        hint = "let both languages say the same"
        yield Finding(
            Location(other.path, other.line), f"the {what} '{words}' of {first.path} is missing", hint
        )
    for words in dict.fromkeys(only_other):
        hint = "let both languages say the same"
        yield Finding(Location(other.path, other.line), f"the {what} '{words}' is not in {first.path}", hint)


def _counted(first: Section, other: Section) -> Iterator[Finding]:
    """Compare what is counted; «et år» may be a number or an article, so it needs no twin, but can be one."""
    here, there = (
        list(quantities(_prose(section), section.path.split("/")[1])) for section in (first, other)
    )
    lacking, extra = _surplus(here, there), _surplus(there, here)
    yield from _unshared("number", first, other, lacking, extra)


def _prose(section: Section) -> str:
    blocks = iter_leaves(parse_markdown(section.body, section.id))
    return " . ".join([section.title, *map(typed_words, blocks)])


def _surplus(own: Iterable[Quantity], others: Iterable[Quantity]) -> list[str]:
    left = Counter(item.value for item in others)
    missing = []
    for item in sorted(own, key=lambda item: not item.sure):
        if left[item.value]:
            left[item.value] -= 1
        elif item.sure:
            missing.append(item.typed)
    return missing


def _slots(section: Section) -> Counter[str]:
    return Counter(
        run.placeholder
        for leaf in iter_leaves(parse_markdown(section.body))
        for run in leaf.runs
        if run.placeholder
    )


def _targets(section: Section) -> Counter[str]:
    hrefs = (
        href
        for leaf in iter_leaves(parse_markdown(section.body))
        for href in dict.fromkeys(run.href for run in leaf.runs if "note" not in run.marks)
    )
    return Counter(href for href in hrefs if href)


def _tags(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        yield block.tag
        yield from _tags(block.children)
