"""The plan of an import of older versions: a YAML file with a row for each, which an editor completes.

Planning again keeps what the editor wrote, and shows in comments what the source has.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import model_validator

from common.characters import spell_out_invisible
from common.errors import InputError
from common.input_files import read_input_file
from common.messages import Message
from policy.fields import (
    DateField,
    LineField,
    Locale,
    LocalizedLineField,
    LocalizedText,
    LocalizedTextField,
    Model,
    UrlField,
)
from policy.findings import ContentError
from policy.models import Level
from policy.parsing import parse_model_file

_MAX_BYTES = 4 << 20
_MAX_COMMENT = 160  # characters of a quotation in a comment
_EMPTY = '""'
_ANSWERS = " true false yes no y n on off ja nei "  # what is no reason
_HEAD = """\
# Older versions of the policy, oldest first. Planning again renews the comments and keeps everything else.
# Open the preview beside this file, and write for each version:
#   summary:   what changed for readers, in a sentence or two, with a text for each language:
#              {nb: …, en: …}. Without one the version is a minor change with a standard text.
#   level:     minor, major or special. It counts where there is a summary. Nobody is told of these versions.
#   effective: the day from which it applied, if that was later than its day.
#   skip:      the reason for leaving it out; its changes are then in the next version.
# day and title may be changed or added too.
# links: the address that relative links lead to, such as https://example.no/vilkar/. Without it, they
#        become plain words.
"""


class _FormModel(Model):
    """A mapping that an editor fills in: a key without a value is as if it were not there."""

    @model_validator(mode="before")
    @classmethod
    def _leave_out_empty(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {key: value for key, value in data.items() if value != ""}


class PlanRow(_FormModel):
    """One older version in the plan; `version` is a commit, or a day of a folder."""

    version: LineField
    day: DateField
    effective: DateField | None = None
    level: Level = Level.MINOR
    title: LocalizedLineField | None = None
    summary: LocalizedTextField | None = None
    skip: LineField | None = None


class HistoryPlan(_FormModel):
    """The plan: a row for each version, oldest first, and where relative links lead."""

    links: UrlField | None = None
    versions: tuple[PlanRow, ...]


@dataclass(frozen=True, slots=True)
class ProposedRow:
    """A row as it is proposed, and the lines of comments above it."""

    row: PlanRow
    comments: tuple[str, ...]


def read_plan(path: Path) -> HistoryPlan:
    """Return the plan in a file; raise ContentError or InputError if it cannot be read."""
    data = read_input_file(path, _MAX_BYTES)
    result = parse_model_file(HistoryPlan, str(path), data, ())
    if result.value is None:
        raise ContentError(result.findings)
    _reject_unclear_rows(path, result.value.versions)
    days = [row.day for row in result.value.versions if row.skip is None]
    for before, day in pairwise(days):
        if day < before:
            raise InputError(
                Message(
                    "{path}: {day} stands after {before}; days never go back",
                    path=path,
                    day=day,
                    before=before,
                )
            )
    plan: HistoryPlan = result.value
    return plan


def _reject_unclear_rows(path: Path, rows: Sequence[PlanRow]) -> None:
    """Raise InputError if two rows are of one version, or if a reason is the answer yes or no."""
    known: set[str] = set()
    for row in rows:
        if row.version in known:
            raise InputError(
                Message("{path}: version {version} has two rows; keep one", path=path, version=row.version)
            )
        known.add(row.version)
        if row.skip and f" {row.skip.casefold()} " in _ANSWERS:
            message = Message(
                "{path}: version {version}: '{words}' is no reason; write why it is left out, or nothing",
                path=path,
                version=row.version,
                words=row.skip,
            )
            raise InputError(message)


def keep_written_values(
    path: Path, proposed: Sequence[ProposedRow], written: HistoryPlan | None
) -> tuple[HistoryPlan, tuple[ProposedRow, ...]]:
    """Return the plan with the proposed rows, each as the editor wrote it where it was there before.

    Raise InputError for a row that the source lacks: what was written there would be lost.
    """
    if written is None:
        plan = HistoryPlan(versions=tuple(one.row for one in proposed))
        return plan, tuple(proposed)
    known = {row.version: row for row in written.versions}
    missing = [name for name in known if name not in {one.row.version for one in proposed}]
    if missing:
        raise InputError(
            Message(
                "{path}: the source has no version {version}; name the same files, or remove its row",
                path=path,
                version=missing[0],
            )
        )
    rows = tuple(ProposedRow(known.get(one.row.version, one.row), one.comments) for one in proposed)
    return HistoryPlan(links=written.links, versions=tuple(one.row for one in rows)), rows


def format_plan(plan: HistoryPlan, rows: Sequence[ProposedRow]) -> str:
    """Return the text of the plan's file."""
    return (
        "\n".join([_HEAD, f"links: {_format_value(plan.links)}", "", "versions:", *_iter_rows(rows)]) + "\n"
    )


def _iter_rows(rows: Sequence[ProposedRow]) -> Iterator[str]:
    for one in rows:
        yield ""
        yield from (f"  # {format_comment(comment)}" for comment in one.comments)
        row = one.row
        yield f"  - version: {_format_value(row.version)}"
        yield f"    day: {row.day}"
        yield f"    effective: {row.effective or _EMPTY}"
        yield f"    level: {row.level.value}"
        if row.title:
            yield f"    title: {_format_text(row.title)}"
        yield f"    summary: {_format_text(row.summary)}"
        yield f"    skip: {_format_value(row.skip)}"


def format_comment(text: str) -> str:
    """Return a text that ends no comment and is not too long."""
    line = spell_out_invisible(" ".join(text.split()))
    return line if len(line) <= _MAX_COMMENT else line[: _MAX_COMMENT - 1].rstrip() + "…"


def _format_text(text: LocalizedText | None) -> str:
    if text is None:
        return _EMPTY
    if text.by_locale:
        return "{" + ", ".join(f"{locale}: {_format_value(words)}" for locale, words in text.by_locale) + "}"
    return _format_value(text.common)


def _format_value(value: str | None) -> str:
    """Return a value in the quotes of JSON, which YAML reads too."""
    return _EMPTY if value is None else json.dumps(value, ensure_ascii=False)


def find_missing_language(row: PlanRow, languages: Sequence[Locale]) -> tuple[str, Locale] | None:
    """Return the key of the first text that a version lacks in a language, and that language."""
    texts: Mapping[str, LocalizedText | None] = {"title": row.title, "summary": row.summary}
    for key, text in texts.items():
        for locale in languages:
            if text is not None and text.is_missing_in(locale):
                return key, locale
    return None


def choose_effective_day(row: PlanRow) -> date:
    """Return the day from which a version applied; none applied before it was published."""
    return max(row.day, row.effective or row.day)
