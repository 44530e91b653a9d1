"""Checks for contradictions inside a policy (docs/reference/checks.md)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations

from rapidfuzz.distance import OSA

from common.messages import Message
from languages.loader import get_language
from policy.checks.context import PLACEHOLDER_SIGN, Passage, PolicyCheckContext, find_phrase
from policy.checks.quantities import QuantityKind, find_quantities, normalize_period
from policy.durations import Duration
from policy.fields import Locale
from policy.findings import Finding

_NOT_LOWER_CASE = r"(?!\s+(?-i:[a-zà-ÿ]))"
# "2)", "2.1:", "IV."; a plain number only before a capital letter: "2 Formål", but not "3 ting".
_PLAIN_SECTION_NUMBER = r"\d+(?:\.\d+)*[):]|[IVX]+[.)]|\d{1,2}(?:\.\d+)*(?=\s+[^\W\d_])" + _NOT_LOWER_CASE
_HEADING_KINDS = {"title", "h3", "h4", "h5", "h6"}
_MIN_MISSPELT_LENGTH = 4
_EXPLANATION_REACH = 100  # characters around a former name in which the text can say that it is one
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
    # "Section 15 of the Marketing Act" is a section of something else.
    worded = rf"(?:{word})\s*\d+(?:\.\d+)*(?:[.):]|(?!\S){_NOT_LOWER_CASE})|" if word else ""
    # "2. etasje" is an ordinal number in a language that writes them with a full stop.
    is_ordinal = get_language(locale).words.months_after_ordinals
    with_stop = rf"\d+(?:\.\d+)*\.{_NOT_LOWER_CASE if is_ordinal else ''}|"
    return re.compile(rf"\s*({worded}{with_stop}{_PLAIN_SECTION_NUMBER})(?!\S)", re.IGNORECASE)


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
            is_stored: bool | None = None  # looked for once in a sentence, and only if it names a period
            for quantity in find_quantities(_remove_other_numbers(sentence, passage.locale), passage.locale):
                if quantity.kind is QuantityKind.NUMBER or not quantity.is_certain:
                    continue
                is_unknown = (
                    quantity.kind is QuantityKind.PERIOD
                    and known_periods
                    and quantity.value not in known_periods
                )
                if is_unknown and is_stored is None:
                    is_stored = find_phrase("storage", sentence, passage.locale) is not None
                if bool(is_unknown and is_stored) is contradicting:
                    yield _create_quantity_finding(passage, quantity.text, contradicting=contradicting)


def _remove_other_numbers(sentence: str, locale: Locale) -> str:
    """Return a sentence without the numbers that are no promises, such as ages and the dates of laws."""
    pattern = get_language(locale).checks.exceptions.quantities
    return pattern.sub(PLACEHOLDER_SIGN, sentence) if pattern else sentence


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
                end = start + len(words)
                before = passage.text[max(start - _EXPLANATION_REACH, 0) : start]
                after = passage.text[end : end + _EXPLANATION_REACH]
                is_explained = words.casefold() == name.casefold() and (
                    find_phrase("former_name", before, passage.locale)
                    or find_phrase("renaming", after, passage.locale)
                    or _is_in_address(before, after)
                )
                if words.casefold() not in current and not is_explained:
                    message = Message("'{words}' is a former name of the controller", words=words)
                    hint = Message(
                        "write {{{{ controller.name }}}}, or say beside the name that it is a former one"
                    )
                    yield Finding(passage.locate(words), message, hint)


def _is_in_address(before: str, after: str) -> bool:
    """Whether words between two texts are part of an address, which may outlive a name."""
    beginning, end = re.search(r"\S*$", before), re.match(r"\S*", after)
    address = f"{beginning[0] if beginning else ''}x{end[0] if end else ''}"
    return "@" in address or bool(re.search(r"\w\.\w\w", address))


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
