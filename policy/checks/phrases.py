"""Checks for phrases that are vague, untrue or unlawful (docs/reference/checks.md)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from common.messages import Message
from languages.loader import get_language
from policy.blocks import Block
from policy.checks.context import (
    PLACEHOLDER_SIGN,
    Passage,
    PolicyCheckContext,
    extract_source_text,
    find_phrase,
)
from policy.findings import Finding, Location
from policy.markdown import PLACEHOLDER, TABLE_PLACEHOLDER, TABLE_PLACEHOLDER_TAG, parse_markdown
from policy.models import Policy
from policy.placeholders import FACT_KINDS

# What may follow a colon.
_LIST_TAGS = {"ul", "ol", "dl", "table", TABLE_PLACEHOLDER_TAG, "pre", "blockquote"}
_NEGATION_REACH = 12  # characters after a phrase in which a "not" still belongs to it
# Shortcodes, HTML tags and comments, template syntax.
_MARKUP = re.compile(
    r"\[/?[a-z]+_[a-z_]+\b[^\]]*\]|\[/?(caption|gallery|embed|audio|video|shortcode)\b[^\]]*\]|"
    r"</?[a-z][a-z0-9]*(\s[^<>]*)?/?>|<!--|\{\{|\}\}|\{%|%\}|\{#|"
    r"<{7} |\{ *[a-z]+(\.[\w-]+)+ *\}",  # an unresolved merge conflict; a placeholder in single braces
    re.IGNORECASE,
)


def find_dangling_lists(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find paragraphs that end with a colon and no list after it: imports from page builders lose lists."""
    for sections in context.policy.sections.values():
        for section in sections:
            for block in _iter_dangling_blocks(
                parse_markdown(section.body, section.id, section.locale), context.policy
            ):
                words = " ".join(extract_source_text(block).replace(PLACEHOLDER_SIGN, "…").split()[-4:])
                message = Message("'{words}' promises a list, but none follows", words=words)
                hint = Message("put the list or table below it, or end it with a full stop")
                location = Location(section.path, section.line + block.line - 1)
                yield Finding(location, message, hint)


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
    message = Message("consent is inferred from mere use")
    hint = Message("remove the sentence; ask for consent if it is the legal basis")
    yield from _find_phrase(context.passages, "consent_by_use", message, hint)


def find_advice_to_check_page(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find advice to check the page for changes that nothing else announces (unfair by WP260 ¶29)."""
    if not context.policy.settings.announce.major:
        message = Message("readers are told to look for changes themselves, but major ones are not announced")
        hint = Message(
            "announce major changes: 'announce: {{major: [help_centre, login, email]}}' in policy.yaml"
        )
        yield from _find_phrase(context.passages, "check_for_changes", message, hint)


def find_vague_retention(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find "as long as necessary" as the only period, which is too vague (WP260, annex; Datatilsynet)."""
    message = Message("'as long as necessary' is the only period")
    hint = Message("add a period, or criteria that a reader can apply: 'as long as the account is active'")
    for row in context.policy.facts.retention:
        if row.period or not row.criteria:
            continue
        if any(
            find_phrase("as_long_as_necessary", row.criteria.get_text(locale), locale)
            for locale in context.policy.languages
        ):
            yield Finding(context.locate_row("retention", row.id, "criteria"), message, hint)
    if not context.policy.facts.retention:
        yield from _find_phrase(context.section_passages, "as_long_as_necessary", message, hint)


def find_hedged_purposes(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find "we may use", which does not say whether they do it (Datatilsynet; WP260 ¶13)."""
    message = Message("this does not say whether you actually do it")
    hint = Message("say what is done, and when: 'we use …', or remove it")
    passages = (
        passage for passage in context.passages if find_phrase("personal_data", passage.text, passage.locale)
    )
    yield from _find_phrase(passages, "hedged_purpose", message, hint)


def find_leftover_markup(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find shortcodes, raw HTML and template syntax, which readers would see."""
    for passage in (*context.passages, *context.note_passages):
        for match in _MARKUP.finditer(PLACEHOLDER.sub(PLACEHOLDER_SIGN, passage.text)):
            message = Message("leftover markup in the text: '{words}'", words=match[0])
            hint = Message("remove it, or write it in Markdown")
            yield Finding(passage.locate(match[0]), message, hint)


def find_unlinked_page_mentions(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find "you can read more here" without a link."""
    message = Message("this points to a page without a link")
    hint = Message("make the words a link: [the page](https://…)")
    unlinked = (passage for passage in context.section_passages if not passage.has_link)
    yield from _find_phrase(unlinked, "link", message, hint)


def _find_phrase(
    passages: Iterable[Passage], name: str, message: Message, hint: Message
) -> Iterator[Finding]:
    """Find a phrase in each sentence, unless it is negated: then it says the opposite."""
    for passage in passages:
        negation = get_language(passage.locale).checks.negation
        if negation is None:  # the phrase may be denied, and nobody could tell
            continue
        for sentence in passage.sentences:
            match = find_phrase(name, sentence, passage.locale)
            if not match:
                continue
            reach = sentence[match.start() : match.end() + _NEGATION_REACH]
            if not negation.search(reach):
                quoted = Message("'{words}': {message}", words=match[0], message=message)
                yield Finding(passage.locate(match[0]), quoted, hint)
