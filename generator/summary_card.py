"""The policy in short: facts that its sections print, each linked to its section."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from changelog.rendered_facts import RenderedFacts, find_rendered_facts
from changelog.versions import Version
from common.characters import escape_invisible
from generator.context import SiteContext
from policy.blocks import iter_leaves
from policy.document import Document
from policy.fact_models import Facts, Retention
from policy.fields import Locale
from policy.localization import format_term, format_value
from policy.placeholders import PlaceholderValue

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


class _Answer(NamedTuple):
    """A fact in words, and the id of the section that has them."""

    words: str
    section_id: str


def list_summary_rows(site: SiteContext, version: Version, locale: Locale) -> Iterator[SummaryRow]:
    """Yield the rows of the summary; none if the policy begins with one of its own, or has too few facts."""
    if _begins_with_summary(version.documents[locale]):
        return
    gettext = site.renderer.get_translator(locale)
    answers = _AnswerFinder(find_rendered_facts(version, locale), locale)
    facts = version.policy.facts
    rows = (
        (
            gettext("Who is responsible"),
            answers.find_value("controller.name", version.settings.controller.name),
        ),
        (gettext("What for"), answers.find_names("purposes", facts)),
        (gettext("How long"), answers.find_periods(facts.retention)),
        (gettext("Who receives data"), answers.find_names("recipients", facts)),
        (gettext("Your rights"), answers.find_rights(facts)),
    )
    found = [(label, items) for label, own in rows if (items := list(own))]
    if len(found) < _MIN_ROWS:
        return
    for label, items in found:
        shown = tuple(item.words for item in items[:_MAX_ITEMS])
        yield SummaryRow(label, f"#{items[0].section_id}", shown, len(items) - len(shown))


def _begins_with_summary(document: Document) -> bool:
    first, *others = document.sections
    targets = {f"#{section.id}" for section in others}
    links = {run.href for block in iter_leaves(first.blocks) for run in block.runs}
    return len(links & targets) >= _MIN_LINKS_OF_A_SUMMARY


class _AnswerFinder:
    """Finds facts whose words stand in the section that prints them: no others are the policy's."""

    def __init__(self, rendered: RenderedFacts, locale: Locale) -> None:
        self._rendered = rendered
        self._locale = locale

    def find_value(self, path: str, value: PlaceholderValue | None) -> Iterator[_Answer]:
        """Yield the words of a setting or fact, unless no section has them."""
        words = " ".join(escape_invisible(format_value(value, self._locale)).split()) if value else ""
        if words and (section := self._rendered.find_section(path, words)):
            yield _Answer(words, section.id)

    def find_names(self, kind: str, facts: Facts) -> Iterator[_Answer]:
        """Yield the names of the rows of a kind."""
        for row in getattr(facts, kind):
            yield from self.find_value(f"{kind}.{row.id}.name", row.name)

    def find_periods(self, rows: tuple[Retention, ...]) -> Iterator[_Answer]:
        """Yield what is stored with how long it is, where sections say both."""
        for row in rows:
            path = f"retention.{row.id}"
            what = next(self.find_value(f"{path}.what", row.what), None)
            parts = [
                answer.words
                for key, value in (("period", row.period), ("criteria", row.criteria))
                for answer in self.find_value(f"{path}.{key}", value)
            ]
            if what and parts:
                yield _Answer(f"{what.words}: {'; '.join(parts)}", what.section_id)

    def find_rights(self, facts: Facts) -> Iterator[_Answer]:
        """Yield the names of the rights that sections explain."""
        for name in type(facts.rights).model_fields:
            path = f"rights.{name}"
            for answer in self.find_value(path, getattr(facts.rights, name)):
                yield _Answer(format_term(path, self._locale), answer.section_id)
