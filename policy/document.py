"""Policy and language in, the document that its readers see out: numbers, anchors, facts in words."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from policy.blocks import Block, Run, bare, leaves, plain, text, visible
from policy.facts import leaves as fact_leaves
from policy.markdown import SLOT, TABLE, harmless, parse
from policy.tables import table
from policy.wording import say, term

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policy.facts import Leaf
    from policy.leaves import Locale
    from policy.model import Policy, Section

_EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+")
_WEB = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True, slots=True)
class Part:
    """One section as a reader sees it. `number` is computed, from 1; `lang` is that of its words.

    `lang` differs from the document's where the section has no twin in its language yet.
    """

    id: str
    number: int
    title: str
    lang: Locale
    aliases: tuple[str, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """The policy in one language, whole."""

    locale: Locale
    parts: tuple[Part, ...]


def document(policy: Policy, locale: Locale) -> Document:
    """Make the document in one language; a section without its twin stands there in another, and says so."""
    own = {section.id: section for section in policy.sections[locale]}
    stems = {
        section.id: (section.stem, code)
        for code in reversed(policy.languages)
        for section in policy.sections[code]
    }
    every = {section.id: section for code in reversed(policy.languages) for section in policy.sections[code]}
    ordered = sorted(every, key=lambda name: (int(stems[name][0].split("-")[0]), stems[name][0]))
    facts = fact_leaves(policy.settings, policy.facts)
    parts = []
    for number, name in enumerate(ordered, start=1):
        section = own.get(name, every[name])
        lang = locale if name in own else stems[name][1]
        parts.append(_part(policy, section, facts, (locale, lang, number)))
    return Document(locale, tuple(parts))


def _part(
    policy: Policy, section: Section, facts: Mapping[str, Leaf], place: tuple[Locale, Locale, int]
) -> Part:
    locale, lang, number = place
    blocks = filled(section.body, policy, lang, anchor=section.id)
    if lang != locale:
        blocks = (
            Block("p", runs=(Run(term("section.untranslated", locale)),), attrs=(("lang", locale),)),
            *blocks,
        )
    title = visible(SLOT.sub(lambda found: say(facts[found[1]], lang), section.title))
    return Part(section.id, number, title, lang, section.aliases, blocks)


def filled(source: str, policy: Policy, locale: Locale, anchor: str = "") -> tuple[Block, ...]:
    """Give the blocks of a Markdown text with its placeholders put into the reader's words."""
    facts = fact_leaves(policy.settings, policy.facts)
    return tuple(new for block in parse(source, anchor) for new in _fill(block, policy, facts, locale))


def _fill(block: Block, policy: Policy, facts: Mapping[str, Leaf], locale: Locale) -> tuple[Block, ...]:
    if block.tag == "table-slot":
        found = TABLE.fullmatch(block.runs[0].slot)
        assert found
        return table(found[1], policy.facts, locale)
    if block.is_leaf:
        return (replace(block, runs=tuple(_say(run, facts, locale) for run in block.runs)),)
    children = tuple(new for child in block.children for new in _fill(child, policy, facts, locale))
    return (replace(block, children=children),)


def _say(run: Run, facts: Mapping[str, Leaf], locale: Locale) -> Run:
    href = _address(SLOT.sub(lambda found: say(facts[found[1]], locale), run.href))
    if not run.slot:
        return run if href == run.href else replace(run, href=href)
    words = visible(say(facts[run.slot], locale))
    return Run(words, href or _target(words), run.marks)


def _address(href: str) -> str:
    """Make an address out of one that a fact may have brought blanks or worse into."""
    blank = "" if href.startswith("tel:") else "%20"
    address = visible(blank.join(href.split()))
    return address if harmless(address) else ""


def _target(words: str) -> str:
    """Link a fact that is an address by itself."""
    if _EMAIL.fullmatch(words):
        return f"mailto:{words}"
    return words if _WEB.fullmatch(words) else ""


def policy_txt(document: Document) -> str:
    """Print the document as `policy.txt`: titles, words and link targets in order, no numbers."""
    return (
        "\n\n".join(
            filter(None, (text_of for part in document.parts for text_of in (part.title, text(part.blocks))))
        )
        + "\n"
    )


def said(part: Part) -> tuple[str, ...]:
    """Give the words and link targets of a section: where two are equal, nothing has changed for a reader."""
    return (*part.title.split(), *(word for leaf in leaves(part.blocks) for word in plain(leaf.runs).split()))


def fingerprint(section: Section) -> str:
    """Give what `translates:` names: the start of the SHA-256 of the words, placeholders unfilled."""
    unfilled = (
        replace(
            leaf,
            runs=tuple(
                replace(run, text=f"{{{{{run.slot}}}}}" if run.slot else run.text) for run in leaf.runs
            ),
        )
        for leaf in leaves(parse(section.body, section.id))
    )
    words = " ".join([*section.title.split(), *bare(unfilled)])
    return hashlib.sha256(words.encode()).hexdigest()[:12]
