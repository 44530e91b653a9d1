"""Older versions of a policy: a plan for an editor, a preview, and a branch that has them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Protocol

from adoption.history.plan import (
    HistoryPlan,
    PlanRow,
    choose_effective_day,
    format_plan,
    keep_written_values,
    read_plan,
)
from adoption.history.preview import render_history_preview, write_preview
from adoption.history.proof import find_difference, select_sections
from adoption.history.proposals import PlannedVersion, list_rows, propose_rows
from adoption.history.sources import SourceVersion, parse_paths, read_source
from adoption.history.versions import (
    ImportedVersion,
    SettingsFile,
    VersionImporter,
    read_settings_file,
)
from adoption.history.writer import BranchWriter, NewCommit
from changelog.history import Revision, read_revisions
from changelog.snapshots import read_snapshots
from common.errors import InputError
from common.messages import Message, Translator
from common.oslo import OSLO
from generator.template_files import TemplateFiles
from policy.fields import Locale


class MessageLanguage(Protocol):
    """The language of an editor: its code, and what translates messages into it."""

    @property
    def code(self) -> str:
        """The code of the language."""

    @property
    def translator(self) -> Translator:
        """What translates the templates of messages."""


@dataclass(frozen=True)
class HistoryOptions:
    """What the command was asked: where the older versions are, and which plan says what becomes of them.

    `source` is the folder of the policy, `text_language` that of files that name none.
    """

    versions: Path
    plan: Path
    paths: tuple[str, ...]
    text_language: Locale | None
    source: Path
    today: date


@dataclass(frozen=True)
class History:
    """The versions of a source with their rows, the plan that has these, and the settings that they get."""

    plan: HistoryPlan
    planned: tuple[PlannedVersion, ...]
    settings: SettingsFile

    @property
    def imported(self) -> tuple[ImportedVersion, ...]:
        """The versions that are not left out."""
        return tuple(one.imported for one in self.planned if one.imported and not one.row.skip)


def plan_history(options: HistoryOptions, translator: Translator) -> History:
    """Return the older versions as the plan wants them, or as they are proposed where it has no row for them.

    Raise InputError for a source or a plan that cannot be used.
    """
    versions = read_source(options.versions, parse_paths(options.paths), options.text_language)
    written = read_plan(options.plan) if options.plan.exists() else None
    settings = read_settings_file(options.source, is_required=False)
    links = written.links if written else None
    importer = VersionImporter(settings, links)
    planned = tuple(propose_rows(versions, importer, written, translator))
    # A proposal to leave a version out changes what later ones are compared with.
    rows = list_rows(planned)
    plan, _ = keep_written_values(options.plan, rows, written)
    if not any(one.row.skip is None for one in planned):
        reason = planned[0].row.skip or "-"
        raise InputError(
            Message("{path}: no version can be read: {reason}", path=options.versions, reason=reason)
        )
    return History(plan, planned, settings)


def write_plan(history: History, path: Path) -> None:
    """Write the plan; what was written in it before is kept. Raise InputError if that is impossible."""
    text = format_plan(history.plan, list_rows(history.planned))
    new = path.with_name(f"{path.name}.new")
    try:
        new.write_text(text, encoding="utf-8")
        os.replace(new, path)  # noqa: PTH105 - Path.replace says nothing of the old file
    except OSError as error:
        raise InputError(
            Message("{path}: {reason}; choose another file with --plan", path=path, reason=error.strerror)
        ) from None


def write_plan_and_preview(
    options: HistoryOptions, preview: Path | None, templates: TemplateFiles, language: MessageLanguage
) -> Iterator[Message]:
    """Make the plan or renew it, write the preview if one is asked for, and yield what was done in lines."""
    history = plan_history(options, language.translator)
    write_plan(history, options.plan)
    skipped = sum(row.skip is not None for row in history.plan.versions)
    described = sum(row.summary is not None for row in history.plan.versions)
    yield Message(
        "plan      {path}: versions {count}, with a summary {described}, left out {skipped}",
        path=options.plan,
        count=len(history.planned),
        described=described,
        skipped=skipped,
    )
    for one in history.planned:
        if one.imported is None and not one.row.skip:  # as it is written; --write would refuse it
            yield Message("{name}: {reason}", name=options.plan, reason=one.comments[-1])
    if preview:
        write_preview(preview, render_history_preview(history.planned, templates, language.code))
        yield Message("preview   {path}", path=preview)


def write_history(options: HistoryOptions, branch: str) -> Iterator[Message]:
    """Write the versions of a plan to a new branch, prove them, and yield what was done in lines.

    Raise InputError if the plan does not fit the source, and UnprovenHistoryError if a word is different.
    """
    if not options.plan.exists():
        raise InputError(
            Message("{path}: there is no plan yet; leave out --write to make one", path=options.plan)
        )
    plan = read_plan(options.plan)
    versions = read_source(options.versions, parse_paths(options.paths), options.text_language)
    settings = read_settings_file(options.source, is_required=True)
    imported = tuple(_import_planned(plan, versions, settings, options.plan))
    _reject_future_days([one.row for one in imported], options)
    writer = BranchWriter(options.source, branch)
    prove([Revision(one.source.id, one.time, one.files) for one in imported], imported)
    commits = [NewCommit(one.time, _write_message(one), one.files) for one in imported]
    now = datetime.combine(options.today, time(12), OSLO).astimezone(UTC)
    last = imported[-1]
    last_time = max(int(now.timestamp()), last.time)

    def create_last_files(commit: str) -> Mapping[str, bytes]:
        return {**last.files, **settings.write(last.snapshot.policy.languages, f"adopted: {commit}\n")}

    adopted = writer.write(commits, last_time, create_last_files)
    revisions = list(read_revisions(options.source, adopted))
    prove(revisions[:-1], imported)
    yield Message(
        "written   {branch}: versions {count}, every word proved", branch=branch, count=len(imported)
    )


def _reject_future_days(rows: Sequence[PlanRow], options: HistoryOptions) -> None:
    """Raise InputError for a day that has not come; only the newest version may take effect later."""
    later = [(row.version, row.day) for row in rows]
    later += [(row.version, choose_effective_day(row)) for row in rows[:-1]]
    for version, day in later:
        if day > options.today:
            raise InputError(
                Message(
                    "{path}: version {version}: {day} has not come yet; correct it, or leave the version out",
                    path=options.plan,
                    version=version,
                    day=day,
                )
            )


def _import_planned(
    plan: HistoryPlan, versions: Sequence[SourceVersion], settings: SettingsFile, path: Path
) -> Iterator[ImportedVersion]:
    rows = {row.version: row for row in plan.versions}
    importer = VersionImporter(settings, plan.links)
    for version in versions:
        row = rows.pop(version.id, None)
        if row is None:
            raise InputError(
                Message(
                    "{path}: there is no row for version {version}; plan again", path=path, version=version.id
                )
            )
        if row.skip:
            continue
        before = importer.before
        imported = importer.add(version, row)
        if before is None or imported.files != before.files:  # Git keeps no commit that changes nothing
            yield imported
    if rows:
        raise InputError(
            Message(
                "{path}: the source has no version {version}; name the same files, or remove its row",
                path=path,
                version=next(iter(rows)),
            )
        )
    if importer.before is None:
        raise InputError(Message("{path}: every version is left out", path=path))


def _write_message(version: ImportedVersion) -> str:
    """Return the message of the commit of a version: its day, and what it was made from."""
    names = ", ".join(file.name for file in version.source.files.values())
    return f"Import the version of {version.row.day}\n\nFrom {names}"


class UnprovenHistoryError(Exception):
    """The words of a version are not those of its file; the message says which."""

    def __init__(self, message: Message) -> None:
        self.message = message
        super().__init__(str(message))


def prove(revisions: Sequence[Revision], imported: Sequence[ImportedVersion]) -> None:
    """Raise UnprovenHistoryError unless each revision publishes the words of its files, all and no others."""
    snapshots = list(read_snapshots(revisions, []))
    if len(snapshots) != len(imported):
        raise UnprovenHistoryError(Message("the branch has {count} versions", count=len(snapshots)))
    for snapshot, version in zip(snapshots, imported, strict=True):
        for locale, file in version.source.files.items():
            content = version.content
            published = select_sections(snapshot.documents[locale], content.section_ids[locale])
            difference = find_difference(file, content.documents[locale], published)
            if difference:
                raise UnprovenHistoryError(difference)
