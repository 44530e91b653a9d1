"""Checks for phrases that are vague, untrue or unlawful (docs/reference/checks.md)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from policy.blocks import Block
from policy.checks.context import PLACEHOLDER_SIGN, Passage, PolicyCheckContext, extract_source_text
from policy.findings import Finding, Location
from policy.markdown import PLACEHOLDER, TABLE_PLACEHOLDER, TABLE_PLACEHOLDER_TAG, parse_markdown
from policy.models import Policy
from policy.placeholders import FACT_KINDS

# What may follow a colon.
_LIST_TAGS = {"ul", "ol", "dl", "table", TABLE_PLACEHOLDER_TAG, "pre", "blockquote"}
# "Ved å bruke tjenesten samtykker du", "by continuing you agree", in either order. The distances are bounded,
# so that two unrelated sentences without a full stop do not match.
_CONSENT_BY_USE = re.compile(
    r"(ved å (bruke|benytte|besøke|fortsette)|når du (bruker|benytter|besøker))\b.{0,120}?"
    r"\b(samtykker|godtar|aksepterer|gir du (ditt )?samtykke)|"
    r"(samtykker|godtar|aksepterer)\b.{0,80}? ved å (bruke|benytte|besøke|fortsette)|"
    r"bruk(en)? av .{0,80}?\b(innebærer|betyr|regnes som|anses som)\b.{0,40}?(samtykke|godta)|"
    r"\bby (using|continuing|visiting|accessing|browsing)\b.{0,120}?\b(consent|agree|accept)|"
    r"\byou (consent|agree)\b.{0,80}? by (using|visiting|continuing|accessing)|"
    r"\b(use|using)\b.{0,80}?\b(constitutes?|implies|means|signifies)\b.{0,40}?(consent|acceptance|agree)",
    re.IGNORECASE,
)
_NEGATION = re.compile(r"\b(ikke|aldri|not|never)\b|n't\b", re.IGNORECASE)
_NEGATION_REACH = 12  # characters after a phrase in which a "not" still belongs to it
# "Sjekk denne siden jevnlig", "please review this page from time to time".
_CHECK_FOR_CHANGES = re.compile(
    r"\b(sjekke?|les(e)?|besøke?|gå(r)? gjennom|se|følge? med)\b.{0,60}?\b"
    r"(jevnlig|regelmessig|fra tid til annen|med jevne mellomrom|av og til)|hold(e)? deg (selv )?oppdatert|"
    r"\b(check|review|visit|revisit|consult|look at|read|come back)\b.{0,60}?\b(regularly|periodically|"
    r"from time to time|frequently|often|for (any )?(changes|updates))",
    re.IGNORECASE,
)
# "Så lenge det er nødvendig", "for as long as necessary".
_AS_LONG_AS_NECESSARY = re.compile(
    r"så lenge (som )?(det |dette |de )?(er )?(strengt )?nødvendig|"
    r"(as|so) long as (is |it is |are |they are )?(strictly |reasonably )?(necessary|needed|required)",
    re.IGNORECASE,
)
# "Vi kan svare" is fine: only verbs of processing make "may" a hedge.
_PROCESSING_VERBS = (
    r"bruke|benytte|dele|utlevere|samle inn|behandle|lagre|oppbevare|sende|kombinere|overføre|"
    r"use|share|disclose|collect|process|store|retain|keep|combine|transfer|send"
)
_HEDGED_PURPOSE = re.compile(
    rf"\b(vi kan|kan vi)( (også|komme til å|blant annet|i tillegg|da|derfor))* ({_PROCESSING_VERBS})\b|"
    rf"\bwe (may|might)( (also|sometimes|occasionally|then|therefore))* ({_PROCESSING_VERBS})\b",
    re.IGNORECASE,
)
# A hedge matters only if personal data are concerned.
_PERSONAL_DATA = re.compile(
    r"opplysning|informasjon|adresse|\bdata|persondata|information|details|address", re.IGNORECASE
)
# Shortcodes, HTML tags and comments, template syntax.
_MARKUP = re.compile(
    r"\[/?[a-z]+_[a-z_]+\b[^\]]*\]|\[/?(caption|gallery|embed|audio|video|shortcode)\b[^\]]*\]|"
    r"</?[a-z][a-z0-9]*(\s[^<>]*)?/?>|<!--|\{\{|\}\}|\{%|%\}|\{#|"
    r"<{7} |\{ *[a-z]+(\.[\w-]+)+ *\}",  # an unresolved merge conflict; a placeholder in single braces
    re.IGNORECASE,
)
# UAX #9: these can make readers see other words than the file has (CVE-2021-42574).
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# "Her kan du lese mer", "click here": the words of a link that an import lost.
_LINK_PHRASE = re.compile(
    r"\bher kan du (lese|se|finne)|\b(les|se|finn) (mer |mere |alt )?(om .{1,60} )?her\b|\bklikk her|"
    r"\bkan du lese (mer )?(om .{1,60} )?her\b|\begen side om|"
    r"\bhere you can (read|find|see)|\b(read|find|see|learn) more .{0,60}?\bhere\b|\bclick here|"
    r"\byou can read .{0,60}?\bhere\b|\bseparate page (about|on)",
    re.IGNORECASE,
)


def find_dangling_lists(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find paragraphs that end with a colon and no list after it: imports from page builders lose lists."""
    for sections in context.policy.sections.values():
        for section in sections:
            for block in _iter_dangling_blocks(parse_markdown(section.body, section.id), context.policy):
                words = " ".join(extract_source_text(block).replace(PLACEHOLDER_SIGN, "…").split()[-4:])
                hint = "put the list or table below it, or end it with a full stop"
                location = Location(section.path, section.line + block.line - 1)
                yield Finding(location, f"'{words}' promises a list, but none follows", hint)


def _iter_dangling_blocks(blocks: Sequence[Block], policy: Policy) -> Iterator[Block]:
    for block, following in zip_longest(blocks, blocks[1:]):
        if (
            block.tag == "p"
            and extract_source_text(block).endswith(":")
            and not _is_list_like(following, policy)
        ):
            yield block
        yield from _iter_dangling_blocks(block.children, policy)


def _is_list_like(block: Block | None, policy: Policy) -> bool:
    """Whether a block is a list or the like; a table of facts must have rows."""
    if block is None or block.tag not in _LIST_TAGS:
        return False
    if block.tag != TABLE_PLACEHOLDER_TAG:
        return True
    match = TABLE_PLACEHOLDER.fullmatch(block.runs[0].placeholder)
    kind = match[1] if match else ""
    if kind == "rights":
        return any(dict(policy.facts.rights).values())
    return kind in FACT_KINDS and bool(getattr(policy.facts, kind))


def find_consent_by_use(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find consent inferred from use of the website (against GDPR Art. 4(11), 7; ekomloven § 3-15)."""
    hint = "remove the sentence; ask for consent if it is the legal basis"
    yield from _find_phrase(context.passages, _CONSENT_BY_USE, "consent is inferred from mere use", hint)


def find_advice_to_check_page(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find advice to check the page for changes that nothing else announces (unfair by WP260 ¶29)."""
    if not context.policy.settings.announce.major:
        hint = "announce major changes: 'announce: {major: [help_centre, login, email]}' in policy.yaml"
        message = "readers are told to look for changes themselves, but major ones are not announced"
        yield from _find_phrase(context.passages, _CHECK_FOR_CHANGES, message, hint)


def find_vague_retention(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find "as long as necessary" as the only period, which is too vague (WP260, annex; Datatilsynet)."""
    hint = "add a period, or criteria that a reader can apply: 'as long as the account is active'"
    message = "'as long as necessary' is the only period"
    for row in context.policy.facts.retention:
        if row.period or not row.criteria:
            continue
        texts = (row.criteria.get_text(locale) for locale in context.policy.languages)
        if any(map(_AS_LONG_AS_NECESSARY.search, texts)):
            yield Finding(context.locate_row("retention", row.id, "criteria"), message, hint)
    if not context.policy.facts.retention:
        yield from _find_phrase(context.section_passages, _AS_LONG_AS_NECESSARY, message, hint)


def find_hedged_purposes(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find "we may use", which does not say whether they do it (Datatilsynet; WP260 ¶13)."""
    hint = "say what is done, and when: 'we use …', or remove it"
    passages = (passage for passage in context.passages if _PERSONAL_DATA.search(passage.text))
    yield from _find_phrase(passages, _HEDGED_PURPOSE, "this does not say whether you actually do it", hint)


def find_leftover_markup(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find shortcodes, raw HTML and template syntax, which readers would see, and bidirectional controls."""
    for passage in (*context.passages, *context.note_passages):
        for match in _MARKUP.finditer(PLACEHOLDER.sub(PLACEHOLDER_SIGN, passage.text)):
            hint = "remove it, or write it in Markdown"
            yield Finding(passage.locate(match[0]), f"leftover markup in the text: '{match[0]}'", hint)
    for path in context.files:
        for number, line in enumerate(context.split_lines(path), start=1):
            for match in _BIDI.finditer(line):
                code = f"U+{ord(match[0]):04X}"
                message = f"an invisible character ({code}) changes the direction of the text"
                yield Finding(Location(path, number, match.start() + 1), message, "remove it")


def find_unlinked_page_mentions(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find "you can read more here" without a link."""
    hint = "make the words a link: [the page](https://…)"
    unlinked = (passage for passage in context.section_passages if not passage.has_link)
    yield from _find_phrase(unlinked, _LINK_PHRASE, "this points to a page without a link", hint)


def _find_phrase(
    passages: Iterable[Passage], pattern: re.Pattern[str], message: str, hint: str
) -> Iterator[Finding]:
    """Find a phrase in each sentence, unless it is negated: then it says the opposite."""
    for passage in passages:
        for sentence in passage.sentences:
            match = pattern.search(sentence)
            if match and not _NEGATION.search(sentence[match.start() : match.end() + _NEGATION_REACH]):
                yield Finding(passage.locate(match[0]), f"'{match[0]}': {message}", hint)
