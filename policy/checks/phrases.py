"""Checks for phrases that are vague, untrue or unlawful (docs/reference/checks.md)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, takewhile

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
from policy.fields import Locale
from policy.findings import Finding, Location
from policy.markdown import PLACEHOLDER, TABLE_PLACEHOLDER, TABLE_PLACEHOLDER_TAG, parse_markdown
from policy.models import Policy
from policy.placeholders import FACT_KINDS

# What may follow a colon.
_LIST_TAGS = {"ul", "ol", "dl", "table", TABLE_PLACEHOLDER_TAG, "pre", "blockquote"}
_HEADING = re.compile("h[2-6]")
_ITEM_NUMBER = re.compile(r"(\d+|[a-z])[.)]\s", re.IGNORECASE)  # a list of one item is a paragraph
_MAX_FOLLOWING_BLOCKS = 200  # in which a list that a colon promises may come in parts
_NEGATION_REACH = 12  # characters after a phrase in which a "not" still belongs to it
# Editors write "<name>" and "[video, 2 min]" too, so only elements of HTML and tags with attributes count.
_HTML_ELEMENTS = (
    "a|abbr|b|blockquote|br|button|center|cite|code|col|colgroup|dd|del|details|div|dl|dt|em|embed|figcaption|"
    "figure|font|footer|form|h[1-6]|header|hr|i|iframe|img|input|ins|label|li|link|main|mark|meta|nav|"
    "noscript|object|ol|option|p|pre|s|script|section|select|small|source|span|strong|style|sub|summary|sup|"
    r"svg|table|tbody|td|textarea|tfoot|th|thead|tr|u|ul|wbr|\w+:\w+"
)
_MARKUP = re.compile(
    r"\[/?[a-z]+_[a-z_]+\b[^\[\]]*+[\[\]]|"  # shortcodes, up to a bracket of an attribute
    r"\[/?(caption|gallery|embed|audio|video|shortcode)(\]| +\w+=[^\[\]]*+[\[\]])|"
    rf"</?({_HTML_ELEMENTS})(\s[^<>]*)?/?>|</?[a-z][\w-]*\s+[\w-]+=[^<>]*>|<!--|"
    r"\{\{|\}\}|\{%|%\}|\{#|"
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
    depth = ""  # the tag of the heading above
    for position, block in enumerate(blocks):
        if _HEADING.fullmatch(block.tag):
            depth = block.tag
        if block.tag == "p" and extract_source_text(block).endswith(":"):
            following = blocks[position + 1 : position + _MAX_FOLLOWING_BLOCKS]
            if not (_is_list_like(following[:1], policy) or _is_divided(following, depth)):
                yield block
        yield from _iter_dangling_blocks(block.children, policy)


def _is_divided(blocks: Sequence[Block], depth: str) -> bool:
    """Whether a text goes on with two headings or more below the one with the tag `depth`."""
    if not blocks or not _HEADING.fullmatch(blocks[0].tag):
        return False
    headings = (block.tag for block in blocks if _HEADING.fullmatch(block.tag))
    return len(list(takewhile(lambda tag: tag > depth, islice(headings, 2)))) > 1


def _is_list_like(blocks: Sequence[Block], policy: Policy) -> bool:
    """Whether the first block is a list or the like; a table of facts must have rows."""
    if not blocks:
        return False
    block = blocks[0]
    if block.tag == "p":
        return _is_entry(block)
    if block.tag not in _LIST_TAGS:
        return False
    if block.tag != TABLE_PLACEHOLDER_TAG:
        return True
    match = TABLE_PLACEHOLDER.fullmatch(block.runs[0].placeholder)
    kind = match[1] if match else ""
    if kind == "rights":
        return any(dict(policy.facts.rights).values())
    return kind in FACT_KINDS and bool(getattr(policy.facts, kind))


def _is_entry(block: Block) -> bool:
    """Whether a paragraph is what the one before promises: an address, or a numbered or titled item."""
    text = extract_source_text(block)
    runs = [run for run in block.runs if run.text or run.placeholder]
    is_reference = all(run.href or run.placeholder or not run.text.strip(" .") for run in runs)
    is_address = any("\n" in run.text for run in runs)
    return is_reference or is_address or "strong" in runs[0].marks or bool(_ITEM_NUMBER.match(text))


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
        passages = context.section_passages
        # Many other things last as long as necessary, such as help.
        yield from _find_phrase(passages, "as_long_as_necessary", message, hint, companions=("storage",))


def find_hedged_purposes(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find "we may use", which does not say whether they do it (Datatilsynet; WP260 ¶13)."""
    message = Message("this does not say whether you actually do it")
    hint = Message("say what is done, and when: 'we use …', or remove it")
    passages = (
        passage for passage in context.passages if find_phrase("personal_data", passage.text, passage.locale)
    )
    # "We may send equipment" is no hedge; "we may share it" is one if "it" was named in a sentence before.
    yield from _find_phrase(
        passages, "hedged_purpose", message, hint, companions=("personal_data", "pronoun")
    )


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
    passages: Iterable[Passage],
    name: str,
    message: Message,
    hint: Message,
    companions: Sequence[str] = (),
) -> Iterator[Finding]:
    """Find a phrase in each sentence, unless it is negated: then it says the opposite.

    With `companions`, only in sentences that have one of those phrases too.
    """
    for passage in passages:
        negation = get_language(passage.locale).checks.negation
        if negation is None:  # the phrase may be denied, and nobody could tell
            continue
        for sentence in passage.sentences:
            match = find_phrase(name, sentence, passage.locale)
            if not match or not _has_companion(companions, sentence, passage.locale):
                continue
            reach = sentence[match.start() : match.end() + _NEGATION_REACH]
            if not negation.search(reach):
                quoted = Message("'{words}': {message}", words=match[0], message=message)
                yield Finding(passage.locate(match[0]), quoted, hint)


def _has_companion(names: Sequence[str], sentence: str, locale: Locale) -> bool:
    """Whether a sentence has one of these phrases; true if there are none to look for."""
    return not names or any(find_phrase(name, sentence, locale) for name in names)
