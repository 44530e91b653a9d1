"""Checks for contradictions inside a policy (docs/reference/checks.md)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations

from rapidfuzz.distance import OSA

from common.messages import Message
from languages.loader import get_language
from policy.checks.context import Passage, PolicyCheckContext, find_phrase
from policy.checks.quantities import QuantityKind, find_quantities, normalize_period
from policy.fields import Duration, Locale
from policy.findings import Finding, Location
from policy.models import Channel, Level

# "3.", "2.1", "IV)"; a plain number only before a letter, as in "2 Formål".
_PLAIN_SECTION_NUMBER = r"\d+(?:\.\d+)*[.):]|[IVX]+[.)]|\d+(?:\.\d+)*(?=\s+[^\W\d_])"
_HEADING_KINDS = {"title", "h3", "h4", "h5", "h6"}
_MIN_MISSPELT_LENGTH = 4
_MIN_DUPLICATE_WORDS = 8  # short sentences may well be repeated


def find_typed_section_numbers(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find numbers typed in titles: sections are numbered automatically, and typed numbers go wrong."""
    for passage in context.section_passages:
        if passage.kind not in _HEADING_KINDS:
            continue
        if match := _compile_section_number(passage.locale).match(passage.text):
            message = Message("the number '{number}' is typed in a title", number=match[1])
            hint = Message("remove it: sections are numbered automatically")
            yield Finding(passage.locate(match[1]), message, hint)


@lru_cache
def _compile_section_number(locale: Locale) -> re.Pattern[str]:
    """Return the pattern of a number typed in a title; the words of a language never change."""
    word = get_language(locale).checks.phrases.section_number
    worded = rf"(?:{word})\s*\d+(?:\.\d+)*[.):]?|" if word else ""
    return re.compile(rf"\s*({worded}{_PLAIN_SECTION_NUMBER})(?!\S)", re.IGNORECASE)


def find_periods_contradicting_facts(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find storage periods in the text that no row of retention.yaml has."""
    yield from _find_typed_quantities(context, contradicting=True)


def find_quantities_outside_facts(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find periods, amounts and dates in the text that should be facts."""
    yield from _find_typed_quantities(context, contradicting=False)


def _find_typed_quantities(context: PolicyCheckContext, *, contradicting: bool) -> Iterator[Finding]:
    """Yield the quantities that contradict a fact, or all others that are not numbers alone."""
    known_periods = {_normalize_duration(row.period) for row in context.policy.facts.retention if row.period}
    for passage in context.section_passages:
        for sentence in passage.sentences:
            for quantity in find_quantities(sentence, passage.locale):
                if quantity.kind is QuantityKind.NUMBER or not quantity.is_certain:
                    continue
                is_unknown = (
                    quantity.kind is QuantityKind.PERIOD
                    and known_periods
                    and quantity.value not in known_periods
                )
                is_stored = find_phrase("storage", sentence, passage.locale)
                if bool(is_unknown and is_stored) is contradicting:
                    yield _create_quantity_finding(passage, quantity.text, contradicting=contradicting)


def _create_quantity_finding(passage: Passage, words: str, *, contradicting: bool) -> Finding:
    hint = Message("write it as a fact and refer to it here, like {{{{ retention.account.period }}}}")
    if contradicting:
        message = Message(
            "'{words}' contradicts the facts: no row of facts/retention.yaml has that period", words=words
        )
    else:
        message = Message("'{words}' is in the text, but not in the facts", words=words)
    return Finding(passage.locate(words), message, hint)


def _normalize_duration(duration: Duration) -> str:
    """Return a duration in the form that quantities of the text have."""
    counts = dict(duration.parts)
    months = 12 * counts.get("year", 0) + counts.get("month", 0)
    return normalize_period(months, 7 * counts.get("week", 0) + counts.get("day", 0))


def find_retention_conflicts(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find categories of data that two rows store for different periods."""
    rows = [row for row in context.policy.facts.retention if row.period]
    for first, second in combinations(rows, 2):
        shared = [category for category in second.data if category in first.data]
        if not shared or not first.period or not second.period:
            continue
        if _normalize_duration(first.period) != _normalize_duration(second.period):
            message = Message(
                "'{category}' is kept for {first_period} by '{first_id}' and for {period} by '{id}'",
                category=shared[0],
                first_period=first.period.iso,
                first_id=first.id,
                period=second.period.iso,
                id=second.id,
            )
            hint = Message("give each category of data one period, or make the categories narrower")
            yield Finding(context.locate_row("retention", second.id, "period"), message, hint)


def find_uses_of_former_names(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find former names of the controller, also misspelt, unless the text says that they are former."""
    controller = context.policy.settings.controller
    current = {controller.name.get_text(locale).casefold() for locale in context.policy.languages}
    for passage in context.passages:
        if get_language(passage.locale).checks.phrases.former_name is None:
            continue
        for name in controller.former_names:
            for start, words in _find_similar_words(name, passage.text):
                is_explained = words.casefold() == name.casefold() and find_phrase(
                    "former_name", passage.text[:start], passage.locale
                )
                if words.casefold() not in current and not is_explained:
                    message = Message("'{words}' is a former name of the controller", words=words)
                    hint = Message(
                        "write {{{{ controller.name }}}}, or say beside the name that it is a former one"
                    )
                    yield Finding(passage.locate(words), message, hint)


def _find_similar_words(name: str, text: str) -> Iterator[tuple[int, str]]:
    """Yield the start and the words of each stretch of text that is the name, or a misspelling of it."""
    more = len(name.split()) - 1
    # A lookahead, so that stretches may overlap: every word can be the first.
    for match in re.finditer(rf"\b(?=(\w+(?:\s+\w+){{{more}}}))", text):
        if is_one_edit_apart(name.casefold(), match[1].casefold()):
            yield match.start(), match[1]


def is_one_edit_apart(first: str, second: str) -> bool:
    """Whether two words are equal, or differ by one letter added, left out, changed or swapped with the next.

    That is an optimal string alignment distance of at most 1. Short words must be equal: an abbreviation such
    as "SMB" is one letter away from many words.
    """
    if min(len(first), len(second)) < _MIN_MISSPELT_LENGTH:
        return first == second
    return OSA.distance(first, second, score_cutoff=1) <= 1


def find_duplicate_paragraphs(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find paragraphs that occur twice: sooner or later only one of them is updated."""
    first_uses: dict[tuple[str, str], Passage] = {}
    for passage in context.section_passages:
        if len(passage.text.split()) < _MIN_DUPLICATE_WORDS:
            continue
        key = (passage.locale, " ".join(passage.text.casefold().split()))
        if key in first_uses:
            first = first_uses[key].location
            message = Message(
                "this paragraph is also in {path}, line {line}", path=first.path, line=first.line
            )
            yield Finding(passage.location, message, Message("keep it in one place, and link to it"))
        first_uses.setdefault(key, passage)


def find_untrue_announcement_promises(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find sentences that promise channels that differ from `announce:` in policy.yaml."""
    announce = context.policy.settings.announce
    for passage in context.section_passages:
        patterns = get_language(passage.locale).checks
        if patterns.levels is None or patterns.channels is None:
            continue
        for sentence in passage.sentences:
            # The highest level first: "særlig viktige" may be in a sentence with "større".
            level = next(
                (
                    level
                    for level in reversed(Level)
                    if getattr(patterns.levels, level.value).search(sentence)
                ),
                None,
            )
            promised = {
                channel for channel in Channel if getattr(patterns.channels, channel.value).search(sentence)
            }
            is_about_announcing = find_phrase("announcement", sentence, passage.locale)
            if level is None or not promised or not is_about_announcing:
                continue
            configured = set(announce.list_channels(level))
            if promised != configured:
                yield _create_promise_finding(passage, level, promised, configured)


def _create_promise_finding(
    passage: Passage, level: Level, promised: set[Channel], configured: set[Channel]
) -> Finding:
    location = Location(passage.location.path, passage.location.line, 1)
    hint = Message("make the text and 'announce: {level}:' in policy.yaml agree", level=level.value)
    return Finding(location, _describe_promise(level, promised - configured, configured - promised), hint)


def _describe_promise(level: Level, extra: set[Channel], missing: set[Channel]) -> Message:
    """Return which channels a sentence mentions or omits, contrary to the settings."""
    mentioned = ", ".join(channel.value for channel in Channel if channel in extra)
    omitted = ", ".join(channel.value for channel in Channel if channel in missing)
    if not omitted:
        return Message(
            "the sentence about {level} changes mentions {channels}", level=level.value, channels=mentioned
        )
    if not mentioned:
        return Message(
            "the sentence about {level} changes omits {channels}", level=level.value, channels=omitted
        )
    return Message(
        "the sentence about {level} changes mentions {mentioned} but omits {omitted}",
        level=level.value,
        mentioned=mentioned,
        omitted=omitted,
    )
