"""Wordings that tell readers nothing, or something untrue (law.md, Contradictions and wording)."""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import TYPE_CHECKING

from policy.checks.context import SLOT_SIGN, typed_words
from policy.findings import Finding, Location
from policy.markdown import PLACEHOLDER, TABLE_PLACEHOLDER, parse_markdown
from policy.placeholders import FACT_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from policy.blocks import Block
    from policy.checks.context import Passage, PolicyCheckContext
    from policy.models import Policy

_LISTS = {"ul", "ol", "dl", "table", "table-slot", "pre", "blockquote"}
_BY_USE = re.compile(
    r"(ved å (bruke|benytte|besøke|fortsette)|når du (bruker|benytter|besøker))\b.{0,120}?"
    r"\b(samtykker|godtar|aksepterer|gir du (ditt )?samtykke)|"
    r"(samtykker|godtar|aksepterer)\b.{0,80}? ved å (bruke|benytte|besøke|fortsette)|"
    r"bruk(en)? av .{0,80}?\b(innebærer|betyr|regnes som|anses som)\b.{0,40}?(samtykke|godta)|"
    r"\bby (using|continuing|visiting|accessing|browsing)\b.{0,120}?\b(consent|agree|accept)|"
    r"\byou (consent|agree)\b.{0,80}? by (using|visiting|continuing|accessing)|"
    r"\b(use|using)\b.{0,80}?\b(constitutes?|implies|means|signifies)\b.{0,40}?(consent|acceptance|agree)",
    re.IGNORECASE,
)
_NEGATED = re.compile(r"\b(ikke|aldri|not|never)\b|n't\b", re.IGNORECASE)
_LOOK = re.compile(
    r"\b(sjekke?|les(e)?|besøke?|gå(r)? gjennom|se|følge? med)\b.{0,60}?\b"
    r"(jevnlig|regelmessig|fra tid til annen|med jevne mellomrom|av og til)|hold(e)? deg (selv )?oppdatert|"
    r"\b(check|review|visit|revisit|consult|look at|read|come back)\b.{0,60}?\b(regularly|periodically|"
    r"from time to time|frequently|often|for (any )?(changes|updates))",
    re.IGNORECASE,
)
_NECESSARY = re.compile(
    r"så lenge (som )?(det |dette |de )?(er )?(strengt )?nødvendig|"
    r"(as|so) long as (is |it is |are |they are )?(strictly |reasonably )?(necessary|needed|required)",
    re.IGNORECASE,
)
_DOING = (
    r"bruke|benytte|dele|utlevere|samle inn|behandle|lagre|oppbevare|sende|kombinere|overføre|"
    r"use|share|disclose|collect|process|store|retain|keep|combine|transfer|send"
)
_HEDGED = re.compile(
    rf"\b(vi kan|kan vi)( (også|komme til å|blant annet|i tillegg|da|derfor))* ({_DOING})\b|"
    rf"\bwe (may|might)( (also|sometimes|occasionally|then|therefore))* ({_DOING})\b",
    re.IGNORECASE,
)
_PERSONAL = re.compile(
    r"opplysning|informasjon|adresse|\bdata|persondata|information|details|address", re.IGNORECASE
)
_MARKUP = re.compile(
    r"\[/?[a-z]+_[a-z_]+\b[^\]]*\]|\[/?(caption|gallery|embed|audio|video|shortcode)\b[^\]]*\]|"
    r"</?[a-z][a-z0-9]*(\s[^<>]*)?/?>|<!--|\{\{|\}\}|\{%|%\}|\{#|"
    r"<{7} |\{ *[a-z]+(\.[\w-]+)+ *\}",  # a merge that was not settled; a placeholder in single braces
    re.IGNORECASE,
)
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_HERE = re.compile(
    r"\bher kan du (lese|se|finne)|\b(les|se|finn) (mer |mere |alt )?(om .{1,60} )?her\b|\bklikk her|"
    r"\bkan du lese (mer )?(om .{1,60} )?her\b|\begen side om|"
    r"\bhere you can (read|find|see)|\b(read|find|see|learn) more .{0,60}?\bhere\b|\bclick here|"
    r"\byou can read .{0,60}?\bhere\b|\bseparate page (about|on)",
    re.IGNORECASE,
)


def dangling_list(subject: PolicyCheckContext) -> Iterator[Finding]:
    """Find a paragraph that promises a list: lists are what page builders lose."""
    for sections in subject.policy.sections.values():
        for section in sections:
            for block in _dangling(parse_markdown(section.body, section.id), subject.policy):
                words = " ".join(typed_words(block).replace(SLOT_SIGN, "…").split()[-4:])
                hint = "put the list or table below it, or end it with a full stop"
                place = Location(section.path, section.line + block.line - 1)
                yield Finding(place, f"'{words}' promises a list, and none follows", hint)


def _dangling(blocks: Sequence[Block], policy: Policy) -> Iterator[Block]:
    for block, after in zip_longest(blocks, blocks[1:]):
        if block.tag == "p" and typed_words(block).endswith(":") and not _follows(after, policy):
            yield block
        yield from _dangling(block.children, policy)


def _follows(block: Block | None, policy: Policy) -> bool:
    if block is None or block.tag not in _LISTS:
        return False
    if block.tag != "table-slot":
        return True
    found = TABLE_PLACEHOLDER.fullmatch(block.runs[0].placeholder)
    facts = getattr(policy.facts, found[1]) if found and found[1] in FACT_KINDS else ()
    return any(dict(facts).values()) if found and found[1] == "rights" else bool(facts)


def consent_by_use(subject: PolicyCheckContext) -> Iterator[Finding]:
    """Find consent read out of use: using a website is none (GDPR Art. 4(11), 7; ekomloven § 3-15)."""
    hint = "take the sentence out; ask for consent where it is the basis"
    yield from _phrase(subject.passages, _BY_USE, "consent is read out of mere use", hint)


def check_this_page(subject: PolicyCheckContext) -> Iterator[Finding]:
    """WP260 ¶29: telling readers to look for changes is unfair where nothing else tells them."""
    if not subject.policy.settings.announce.major:
        hint = "announce major changes: 'announce: {major: [help_centre, login, email]}' in policy.yaml"
        message = "readers are told to look for changes themselves, and nothing announces major ones"
        yield from _phrase(subject.passages, _LOOK, message, hint)


def retention_as_long_as_necessary(subject: PolicyCheckContext) -> Iterator[Finding]:
    """Find «så lenge som nødvendig» alone: it tells nobody anything (WP260, annex; Datatilsynet)."""
    hint = "add a period, or criteria that a reader can apply: 'as long as the account is active'"
    message = "'as long as necessary' is the only period"
    for row in subject.policy.facts.retention:
        wordings = (
            (row.criteria.in_locale(locale) for locale in subject.policy.languages) if row.criteria else ()
        )
        if row.period is None and any(map(_NECESSARY.search, wordings)):
            yield Finding(subject.row("retention", row.id, "criteria"), message, hint)
    if not subject.policy.facts.retention:
        yield from _phrase(subject.prose, _NECESSARY, message, hint)


def hedged_purpose(subject: PolicyCheckContext) -> Iterator[Finding]:
    """Find "we may use": it does not say whether it is done (Datatilsynet; WP260 ¶13)."""
    hint = "say what is done, and when: 'we use …', or take it out"
    sentences = (passage for passage in subject.passages if _PERSONAL.search(passage.text))
    yield from _phrase(sentences, _HEDGED, "this does not say whether it is done", hint)


def leftover_markup(subject: PolicyCheckContext) -> Iterator[Finding]:
    """Find shortcodes, raw HTML, template syntax, which readers would see as they are, and bidi controls."""
    for passage in (*subject.passages, *subject.notes):
        for found in _MARKUP.finditer(PLACEHOLDER.sub(SLOT_SIGN, passage.text)):
            hint = "remove it, or write it in Markdown"
            yield Finding(passage.at(found[0]), f"'{found[0]}' is left in the text", hint)
    for path in subject.files:
        for number, line in enumerate(subject.lines(path), start=1):
            for found in _BIDI.finditer(line):
                code = f"U+{ord(found[0]):04X}"
                message = f"an invisible sign ({code}) changes the direction of the text"
                yield Finding(Location(path, number, found.start() + 1), message, "remove it")


def unlinked_page(subject: PolicyCheckContext) -> Iterator[Finding]:
    """Find «here you can read» that leads nowhere."""
    hint = "make the words a link: [the page](https://…)"
    unlinked = (passage for passage in subject.prose if not passage.linked)
    yield from _phrase(unlinked, _HERE, "this points to a page without a link", hint)


def _phrase(
    passages: Iterator[Passage] | Sequence[Passage], wanted: re.Pattern[str], message: str, hint: str
) -> Iterator[Finding]:
    """Find a phrase in each sentence; one that is denied says the opposite."""
    for passage in passages:
        for sentence in passage.sentences:
            found = wanted.search(sentence)
            if found and not _NEGATED.search(sentence[found.start() : found.end() + 12]):
                yield Finding(passage.at(found[0]), f"'{found[0]}': {message}", hint)
