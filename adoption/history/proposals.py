"""What a plan proposes for each older version, and says of it in comments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from adoption.history.days import StatedDay, find_stated_day
from adoption.history.plan import HistoryPlan, PlanRow, ProposedRow
from adoption.history.sources import SourceVersion
from adoption.history.versions import ImportedVersion, VersionImporter
from changelog.change_set import Change
from changelog.redline import compute_redline
from changelog.redline_sections import SectionRedline
from changelog.section_ids import map_to_current_ids
from changelog.weighty_sentences import list_weighty_sentences
from common.errors import InputError
from common.messages import Message, Translator
from policy.blocks import extract_words, iter_leaves
from policy.fields import Locale
from policy.models import Level


@dataclass(frozen=True)
class PlannedVersion:
    """An older version in the plan: its row, and what it changes; `imported` is None if it is left out.

    `first_words` are those of the first block that differs.
    """

    row: PlanRow
    source: SourceVersion
    comments: tuple[str, ...]
    imported: ImportedVersion | None = None
    redlines: tuple[tuple[Locale, tuple[SectionRedline, ...]], ...] = ()


def propose_rows(
    versions: Sequence[SourceVersion],
    importer: VersionImporter,
    written: HistoryPlan | None,
    translator: Translator,
) -> Iterator[PlannedVersion]:
    """Yield each version with its row: that of the written plan, or a proposal.

    A version that cannot be read, or in which readers see nothing new, is proposed to be left out.
    """
    known = {row.version: row for row in written.versions} if written else {}
    for number, version in enumerate(versions, start=1):
        name = Message("{number} of {count}", number=number, count=len(versions)).translate(translator)
        head = ": ".join(filter(None, (name, version.subject)))
        row = known.get(version.id)
        if row and row.skip:
            yield PlannedVersion(row, version, (head,))
            continue
        try:
            planned = _import(version, row, importer, translator)
        except InputError as error:
            reason = " ".join(" ".join(error.translate_lines(translator)).split())
            proposal = PlanRow(version=version.id, day=version.day, skip=reason)
            yield PlannedVersion(row or proposal, version, (head, reason))
            continue
        yield replace(planned, comments=(head, *planned.comments))


def _import(
    version: SourceVersion, row: PlanRow | None, importer: VersionImporter, translator: Translator
) -> PlannedVersion:
    before = importer.before
    documents = importer.read(version)
    stated = [
        (found, locale)
        for locale, document in documents.items()
        if (found := find_stated_day(document.sections, locale, version.day))
    ]
    proposal = row or _propose(version, stated)
    imported = importer.add(version, proposal)
    redlines = _compute_redlines(before, imported)
    comments = [*_describe_size(imported, redlines, translator)]
    comments += [f'"{found.words}"' for found, _ in stated[:1]]
    if before and row is None:
        change = Change(before.snapshot, imported.snapshot, {}, version.day, version.id)
        weighty = list_weighty_sentences(change) if not imported.is_same else []
        if weighty:
            proposal = proposal.model_copy(update={"level": Level.MAJOR})
            question = Message("perhaps major: {sentence}", sentence=weighty[0].excerpt)
            comments.append(question.translate(translator))
        if imported.is_same:
            reason = Message("readers see nothing new").translate(translator)
            proposal = proposal.model_copy(update={"skip": reason})
    return PlannedVersion(proposal, version, tuple(comments), imported, redlines)


def _propose(version: SourceVersion, stated: Sequence[tuple[StatedDay, Locale]]) -> PlanRow:
    """Return a row with the day of effect that the text states, if that is later than its own day."""
    day = version.day
    effective = next((found.day for found, _ in stated if found.day > day), None)
    return PlanRow(version=version.id, day=day, effective=effective)


def _compute_redlines(
    before: ImportedVersion | None, after: ImportedVersion
) -> tuple[tuple[Locale, tuple[SectionRedline, ...]], ...]:
    if before is None:
        return ()
    old, new = before.snapshot.documents, after.snapshot.documents
    ids = map_to_current_ids(new.values(), after.snapshot.policy.current_ids)
    return tuple(
        (locale, compute_redline(old[locale], document, ids))
        for locale, document in new.items()
        if locale in old
    )


def _describe_size(
    imported: ImportedVersion,
    redlines: Sequence[tuple[Locale, Sequence[SectionRedline]]],
    translator: Translator,
) -> Iterator[str]:
    """Yield how long a version is and how much is new in it, and the first words that are."""
    documents = imported.snapshot.documents
    count = sum(
        len(extract_words(section.blocks)) for document in documents.values() for section in document.sections
    )
    marked = [
        run
        for _, sections in redlines
        for section in sections
        for run in chain(section.title, *(leaf.runs for leaf in iter_leaves(section.blocks)))
        if {"ins", "del"} & {*run.marks}
    ]
    changed = sum(len(run.text.split()) for run in marked)
    languages = ", ".join(documents)
    message = Message(
        "{languages}; {count} words, {changed} changed", languages=languages, count=count, changed=changed
    )
    yield message.translate(translator)
    first = next((line for _, sections in redlines for line in _iter_changed_leaves(sections)), "")
    if first:
        yield Message("first change: {words}", words=first).translate(translator)
    if lost_links := imported.content.lost_links:
        targets = ", ".join(dict.fromkeys(lost_links))
        yield Message("links that became words: {targets}", targets=targets).translate(translator)


def _iter_changed_leaves(sections: Sequence[SectionRedline]) -> Iterator[str]:
    """Yield the text of each block that differs, deleted words in [-…-] and inserted ones in {+…+}."""
    for section in sections:
        for runs in (section.title, *(leaf.runs for leaf in iter_leaves(section.blocks))):
            if any({"ins", "del"} & {*run.marks} for run in runs):
                start = next(n for n, run in enumerate(runs) if {"ins", "del"} & {*run.marks})
                yield "".join(_format_run(run.text, run.marks) for run in runs[max(0, start - 1) :])


def _format_run(text: str, marks: Sequence[str]) -> str:
    if "ins" in marks:
        return f"{{+{text}+}}"
    return f"[-{text}-]" if "del" in marks else text


def list_rows(planned: Sequence[PlannedVersion]) -> list[ProposedRow]:
    """Return the rows of a plan with their comments."""
    return [ProposedRow(one.row, one.comments) for one in planned]
