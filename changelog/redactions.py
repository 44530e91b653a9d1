"""Redactions: words taken out of versions that are already published, such as a name that leaked.

A row of `redactions.yaml` names no words, so that they can be removed from Git too. It states where they are
in each version, and the hash of the section with and without them (docs/reference/history.md). A section from
Git has the words, or has lost those of some rows because Git was cleaned: the rows that remain are applied.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeAlias

from changelog.note_problems import RedactionProblem
from changelog.record_hashes import (
    compute_section_hashes,
    derive_section_salt,
    hash_document,
    hash_section,
)
from changelog.versions import Version
from common.messages import Message
from policy.blocks import Block, iter_leaves
from policy.document import Document, RenderedSection
from policy.fields import Locale
from policy.localization import format_term
from policy.models import RedactedPlace, Redaction

REDACTED_TERM = "redacted"  # what readers see instead of the words, in their language; it never changes

Span: TypeAlias = tuple[int, int]  # start and end, in characters of a text


class SectionText(NamedTuple):
    """The text that the positions of a row count in: the title, and each leaf after a line feed.

    `links` are the links in order, each the number of its leaf and its target; several runs of a leaf with
    one target are one link.
    """

    text: str
    links: tuple[tuple[int, str], ...]


def get_section_text(section: RenderedSection) -> SectionText:
    """Return the text and the links of a section, which rows refer to."""
    leaves = list(iter_leaves(section.blocks))
    lines = ["".join(run.text for run in leaf.runs) for leaf in leaves]
    links = dict.fromkeys(
        (number, run.href) for number, leaf in enumerate(leaves) for run in leaf.runs if run.href
    )
    return SectionText("\n".join([section.title, *lines]), tuple(links))


def redact_section(section: RenderedSection, place: RedactedPlace, replacement: str) -> RenderedSection:
    """Return a section, which has the words still, with the words replaced and the links removed."""
    leaves = list(iter_leaves(section.blocks))
    links = get_section_text(section).links
    removed = {links[number - 1] for number in place.links if number <= len(links)}
    new_leaves = []
    start = len(section.title) + 1
    for number, leaf in enumerate(leaves):
        runs = []
        for run in leaf.runs:
            text = _cut_text(run.text, start, place.spans, replacement)
            runs.append(replace(run, text=text, href="" if (number, run.href) in removed else run.href))
            start += len(run.text)
        start += 1
        new_leaves.append(replace(leaf, runs=tuple(runs)))
    blocks = tuple(_replace_leaves(section.blocks, iter(new_leaves)))
    return replace(section, title=_cut_text(section.title, 0, place.spans, replacement), blocks=blocks)


def _replace_leaves(blocks: Iterable[Block], leaves: Iterator[Block]) -> Iterator[Block]:
    """Yield blocks with other leaves, in the same order."""
    for block in blocks:
        if block.is_leaf:
            yield next(leaves)
        else:
            yield replace(block, children=tuple(_replace_leaves(block.children, leaves)))


def _cut_text(text: str, start: int, spans: Iterable[Span], replacement: str) -> str:
    """Return a text that begins at `start` without the spans; where a span begins it has the replacement."""
    result, position, end = "", start, start + len(text)
    for first, last in spans:
        if last <= start or first >= end:
            continue
        begins_here = first >= start
        result += text[position - start : max(first, start) - start] + (replacement if begins_here else "")
        position = min(last, end)
    return result + text[position - start :]


@dataclass(frozen=True)
class _Step:
    """One row as far as it concerns one section of one version."""

    row: Redaction
    place: RedactedPlace


class RedactedDocument(NamedTuple):
    """A document of a version: as it was published, and as it is without the words.

    `section_hashes` are those of its first publication. `steps` are, for each row in order, the row, the
    number of its section in the document and the hash of the section without the words.
    """

    document: Document
    section_hashes: tuple[str, ...]
    steps: tuple[tuple[Redaction, int, str], ...]


def redact_document(
    version: Version, locale: Locale, rows: Sequence[Redaction], current_ids: Mapping[str, str]
) -> RedactedDocument:
    """Take the words of all rows that concern a document out of it.

    Rows that do not fit its text are left out: `steps` has the others.
    """
    document = version.documents[locale]
    hashes = compute_section_hashes(version, document)
    sections = list(document.sections)
    done: list[tuple[Redaction, int, str]] = []
    for index, section in enumerate(document.sections):
        steps = [
            _Step(row, place)
            for row in rows
            if row.language == locale
            and current_ids.get(row.section, row.section) == current_ids.get(section.id, section.id)
            for place in row.versions
            if place.version == version.number
        ]
        fitting = _apply_steps(version, locale, section, steps)
        if fitting is None:
            continue
        sections[index], chain = fitting
        hashes[index] = chain[0].place.before
        done += [(step.row, index, step.place.after) for step in chain]
    done.sort(key=lambda step: rows.index(step[0]))
    return RedactedDocument(replace(document, sections=tuple(sections)), tuple(hashes), tuple(done))


def _apply_steps(
    version: Version, locale: Locale, section: RenderedSection, steps: Sequence[_Step]
) -> tuple[RenderedSection, list[_Step]] | None:
    """Return a section without the words of the steps that follow from one another; None if none fits."""
    for first in range(len(steps)):
        chain = _chain_steps(steps[first:])
        clean = _Cleaner(version, locale, section, chain).clean()
        if clean is not None:
            return clean, chain
    return None


def _chain_steps(steps: Sequence[_Step]) -> list[_Step]:
    """Return the steps of which each begins with the text that the one before leaves."""
    chain = [steps[0]]
    for step in steps[1:]:
        if step.place.before == chain[-1].place.after:
            chain.append(step)
    return chain


@dataclass(frozen=True)
class _Cleaner:
    """Takes the words of a chain of steps out of one section of a version."""

    version: Version
    locale: Locale
    section: RenderedSection
    chain: Sequence[_Step]

    def clean(self) -> RenderedSection | None:
        """Return the section without the words; None if it is not a text that the chain begins with."""
        if self._hash(self.section, 0) == self.chain[0].place.before:
            return self._apply(self.section, 0)
        # Git was cleaned: the replacement is there already. A removed link may be gone too, and then the
        # numbers are those of other links; or it may still be one.
        for count, step in enumerate(self.chain, start=1):
            if self._hash(self.section, count) == step.place.after:
                return self._apply(self.section, count)
        section = self.section
        for count, step in enumerate(self.chain, start=1):
            section = redact_section(section, step.place.model_copy(update={"characters": ()}), "")
            if self._hash(section, count) == step.place.after:
                return self._apply(section, count)
        return None

    def _apply(self, section: RenderedSection, done: int) -> RenderedSection | None:
        """Return a section after the steps that are not done yet; None if another text comes out."""
        for count, step in enumerate(self.chain[done:], start=done + 1):
            section = redact_section(section, step.place, format_term(REDACTED_TERM, self.locale))
            if self._hash(section, count) != step.place.after:
                return None
        return section

    def _hash(self, section: RenderedSection, count: int) -> str:
        """Return the hash of the section after a number of steps."""
        version = self.version
        salt = derive_section_salt(version.settings, version.number, self.locale, section.id, count)
        return hash_section(section, salt)


class RemovalFromVersion(NamedTuple):
    """What the log states of one version: a section by its id, its former hash, the document's new one.

    With the former hash anybody can verify that no other section was changed.
    """

    section: str
    before: str
    document: str


@dataclass
class RedactionBook:
    """All rows that a history has, and what they do to its versions.

    A row stays in force when it is deleted later: the log says that the words were removed. `rows` are in the
    order of the revisions that add them, with the position of that revision; `position` is that of the
    revision at hand.
    """

    rows: dict[tuple[object, ...], tuple[Redaction, int]] = field(default_factory=dict)
    documents: dict[str, dict[Locale, RedactedDocument]] = field(default_factory=dict)
    position: int = 0
    _reached: dict[tuple[object, ...], frozenset[str]] = field(default_factory=dict)
    _current_hashes: dict[tuple[str, Locale], list[str]] = field(default_factory=dict)

    def add_revision(self, rows: Iterable[Redaction], position: int) -> None:
        """Record the rows of a revision."""
        for row in rows:
            self.rows.setdefault(row.effect, (row, position))

    def begin_revision(self, position: int) -> list[Redaction]:
        """Go on to a revision, and return the rows that it adds."""
        self.position = position
        return [row for row, first in self.rows.values() if first == position]

    def compute_hashes(self, version: Version, current_ids: Mapping[str, str]) -> dict[Locale, str]:
        """Return the hash of each document of a version as the revision at hand publishes it."""
        rows = self.rows.values()
        later = [row for row, first in rows if first > self.position and version.number in row.numbers]
        if not later:
            return {
                locale: hash_document(compute_section_hashes(version, document))
                for locale, document in version.documents.items()
            }
        redacted = {
            locale: redact_document(version, locale, later, current_ids) for locale in version.documents
        }
        self.documents[version.number] = redacted
        for locale, document in redacted.items():
            self._current_hashes[version.number, locale] = list(document.section_hashes)
        return {locale: hash_document(document.section_hashes) for locale, document in redacted.items()}

    def apply_row(self, row: Redaction) -> list[dict[str, RemovalFromVersion]]:
        """Return what a row does to each version that it reaches.

        Sections that are one today were two in some versions: what it does to a second one is in a second
        mapping, and so becomes an entry of its own.
        """
        rounds: list[dict[str, RemovalFromVersion]] = []
        for number in dict.fromkeys(place.version for place in row.versions):
            document = self.documents.get(number, {}).get(row.language)
            steps = document.steps if document else ()
            own = [(index, after) for other, index, after in steps if other is row]
            for position, (index, after) in enumerate(own):
                assert document
                hashes = self._current_hashes[number, row.language]
                before, hashes[index] = hashes[index], after
                if position == len(rounds):
                    rounds.append({})
                section_id = document.document.sections[index].id
                rounds[position][number] = RemovalFromVersion(section_id, before, hash_document(hashes))
        self._reached[row.effect] = frozenset(number for reached in rounds for number in reached)
        return rounds

    def list_problems(self, rows: Sequence[Redaction]) -> Iterator[RedactionProblem]:
        """Yield what is wrong with `rows`, those of the newest revision, and which are missing there."""
        for number, row in enumerate(rows, start=1):
            for place in row.versions:
                if place.version not in self._reached[row.effect]:
                    message = Message(
                        "version {number} does not have the text that this row takes words out of",
                        number=place.version,
                    )
                    hint = Message(
                        "remove the row, and let this command write it: build.py redact {id}", id=row.section
                    )
                    yield RedactionProblem(number, message, hint)
        for effect in self.rows.keys() - {row.effect for row in rows}:
            row, _ = self.rows[effect]
            if self._reached[effect]:
                message = Message(
                    "the row about section '{id}' is gone, but the words stay removed", id=row.section
                )
                yield RedactionProblem(0, message, Message("restore the row"))

    def redact_version(self, version: Version) -> Version:
        """Return a version without the words of all rows; the same one if there are none."""
        redacted = self.documents.get(version.number)
        if redacted is None:
            return version
        steps = [
            (locale, version.documents[locale].sections[index].id, row)
            for locale, document in redacted.items()
            for row, index, _ in document.steps
        ]
        return replace(
            version,
            documents={locale: document.document for locale, document in redacted.items()},
            redactions=tuple({row.effect: row for _, _, row in steps}.values()),
            redaction_counts=Counter((locale, section_id) for locale, section_id, _ in steps),
        )
