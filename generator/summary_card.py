"""The policy in short: facts that its sections print, each linked to its section."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from changelog.versions import Version
from common.characters import escape_invisible
from generator.context import SiteContext
from policy.blocks import iter_leaves
from policy.document import Document
from policy.durations import Duration
from policy.fact_models import Facts, Retention
from policy.fields import Locale, LocalizedText
from policy.localization import format_term, format_value
from policy.markdown import TABLE_PLACEHOLDER
from policy.models import Policy
from policy.placeholders import PlaceholderValue
from policy.references import find_placeholders
from policy.tables import list_printed_facts

_MAX_ITEMS = 5
_MIN_ROWS = 3  # fewer answer too little to be called the policy in short
# A first section with links to so many others is itself a summary.
_MIN_LINKS_OF_A_SUMMARY = 3


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """The answer to one question: some facts, how many more there are, and the section that has them."""

    label: str
    href: str
    items: tuple[str, ...]
    hidden_count: int


def list_summary_rows(site: SiteContext, version: Version, locale: Locale) -> Iterator[SummaryRow]:
    """Yield the rows of the summary; none if the policy begins with one of its own, or has too few facts.

    Words that were removed from a version may still be in its facts, so that it has no summary.
    """
    document = version.documents[locale]
    if version.redactions or _begins_with_summary(document):
        return
    gettext = site.renderer.get_translator(locale)
    labels = {
        "controller": gettext("Who is responsible"),
        "purposes": gettext("What for"),
        "retention": gettext("How long"),
        "recipients": gettext("Who receives data"),
        "rights": gettext("Your rights"),
    }
    sections = _map_printed_facts(version.policy, document)
    found: dict[str, list[tuple[str, str]]] = {kind: [] for kind in labels}
    for kind, path, words in _iter_answers(version.policy, locale, sections):
        found[kind].append((sections[path], words))
    rows = [
        SummaryRow(
            labels[kind],
            f"#{answers[0][0]}",
            tuple(words for _, words in answers[:_MAX_ITEMS]),
            max(len(answers) - _MAX_ITEMS, 0),
        )
        for kind, answers in found.items()
        if answers
    ]
    if len(rows) >= _MIN_ROWS:
        yield from rows


def _begins_with_summary(document: Document) -> bool:
    first, *others = document.sections
    targets = {f"#{section.id}" for section in others}
    links = {run.href for block in iter_leaves(first.blocks) for run in block.runs}
    return len(links & targets) >= _MIN_LINKS_OF_A_SUMMARY


def _map_printed_facts(policy: Policy, document: Document) -> Mapping[str, str]:
    """Return the id of the first section that prints each setting and fact, by its path."""
    sources = {(own.locale, own.id): own for sections in policy.sections.values() for own in sections}
    printed: dict[str, str] = {}
    for section in document.sections:
        source = sources[section.locale, section.id]
        for use in find_placeholders(source.body, source.id, source.locale).placeholders:
            table = TABLE_PLACEHOLDER.fullmatch(use.name)
            for path in list_printed_facts(table[1], policy.facts) if table else (use.name,):
                printed.setdefault(path, section.id)
    return printed


def _iter_answers(
    policy: Policy, locale: Locale, printed: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    """Yield the kind, the path and the words of each fact that the summary names."""
    if "controller.name" in printed:
        yield "controller", "controller.name", _format(policy.settings.controller.name, locale)
    for kind, rows in (("purposes", policy.facts.purposes), ("recipients", policy.facts.recipients)):
        for row in rows:
            if (path := f"{kind}.{row.id}.name") in printed:
                yield kind, path, _format(row.name, locale)
    for period in policy.facts.retention:
        yield from _iter_periods(period, locale, printed)
    yield from _iter_rights(policy.facts, locale, printed)


def _iter_periods(
    row: Retention, locale: Locale, printed: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    path = f"retention.{row.id}"
    values = (("period", row.period), ("criteria", row.criteria))
    parts = [
        _format(value, locale)
        for key, value in values
        if f"{path}.{key}" in printed and isinstance(value, Duration | LocalizedText)
    ]
    if parts and f"{path}.what" in printed:
        yield "retention", f"{path}.what", f"{_format(row.what, locale)}: {'; '.join(parts)}"


def _iter_rights(facts: Facts, locale: Locale, printed: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for name in type(facts.rights).model_fields:
        if getattr(facts.rights, name) and (path := f"rights.{name}") in printed:
            yield "rights", path, format_term(path, locale)


def _format(value: PlaceholderValue, locale: Locale) -> str:
    """Return the words for a fact, as sections print them."""
    return escape_invisible(format_value(value, locale))
