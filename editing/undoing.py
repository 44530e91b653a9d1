"""A deleted note restored, or the withdrawal of an announced version drafted: the `undo` command."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from changelog.history import Revision, read_revisions, read_working_tree
from changelog.replay import build_version_log
from changelog.versions import Version, VersionLog
from changelog.waiting_versions import list_waiting_versions
from common.errors import InputError
from common.messages import Message, Translator
from common.suggestions import suggest_name
from editing.change_notes import format_empty_text, write_note_file
from policy.document import have_same_text, render_document
from policy.fields import Locale
from policy.findings import ContentError
from policy.loader import load_policy
from policy.models import Level
from policy.sources import ContentFiles
from policy.time_stamp_files import TIME_STAMP_FOLDER

_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}-")  # at the start of a note's name
_SETTINGS = "content/policy.yaml"
# What a withdrawal leaves as it is: what was told stays told, and what was removed stays removed.
_KEPT = ("content/changes/", "content/redactions.yaml", TIME_STAMP_FOLDER)


def undo_note(source: Path, name: str, today: date, translator: Translator) -> Iterator[Message]:
    """Restore a deleted note, or put back the text in force and draft a withdrawal; yield what was done.

    `name` is the path of the note, or the name of its file with or without `.yaml`. Raise InputError if there
    is no such note, or if it can be neither restored nor withdrawn.
    """
    revisions = list(read_revisions(source))
    path = f"content/changes/{Path(name).stem}.yaml"
    on_disk = read_working_tree(source, today)
    if path not in on_disk.files:
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        (source / path).write_bytes(_find_deleted_note(revisions, path))
        yield Message("restored  {path}", path=path)
        return
    if path not in revisions[-1].files:
        raise InputError(Message("{path} is not committed; to undo it, delete the file", path=path))
    if on_disk.files != revisions[-1].files:
        raise InputError(
            Message("content/ has changes that are not committed; submit them, or run: git restore content/")
        )
    log = build_version_log(revisions)
    withdrawal = _plan_withdrawal(log, path, today)
    then = _read_files(log, revisions, withdrawal.in_force)
    yield from _restore_files(source, _choose_files(then, on_disk.files), on_disk.files)
    stem = f"{today}-{_DAY.sub('', Path(path).stem)}"
    note_path = write_note_file(source, stem, withdrawal.format_note(translator))
    yield Message("written  {path}", path=note_path)


def _find_deleted_note(revisions: list[Revision], path: str) -> bytes:
    """Return the newest bytes of a note that was committed; raise InputError if none has that name."""
    for revision in reversed(revisions):
        data = revision.files.get(path)
        if isinstance(data, bytes):
            return data
    notes = {
        Path(name).stem for revision in revisions for name in revision.files if name.startswith(_KEPT[0])
    }
    name = Path(path).stem
    raise InputError(
        Message("there is no note '{name}'; {suggestion}", name=name, suggestion=suggest_name(name, notes))
    )


@dataclass(frozen=True)
class _Withdrawal:
    """The version whose text comes back, the numbers of those withdrawn, and the values of the note."""

    in_force: Version
    numbers: tuple[str, ...]
    level: Level
    languages: tuple[Locale, ...]
    day: date

    def format_note(self, translator: Translator) -> Iterator[str]:
        """Yield the lines of the note that an editor completes, with comments in their language."""
        yield f"level: {self.level.value}"
        if self.level is not Level.MINOR:
            yield from format_empty_text("title", self.languages)
        yield f"effective: {self.day}"
        yield f"withdraws: [{', '.join(json.dumps(number) for number in self.numbers)}]"
        comment = Message("What was announced and will not happen, in a sentence or two.")
        yield f"# {comment.translate(translator)}"
        yield from format_empty_text("summary", self.languages)
        if self.level is not Level.MINOR:
            comment = Message("What readers can do now; say so if nothing needs to be done.")
            yield f"# {comment.translate(translator)}"
            yield from format_empty_text("action", self.languages)


def _plan_withdrawal(log: VersionLog, path: str, today: date) -> _Withdrawal:
    """Return the withdrawal of the version of a note; raise InputError if it is not waiting."""
    note_name = path.removeprefix("content/")
    version = next((version for version in log.versions if note_name in version.note_names), None)
    in_force = log.find_version_in_force(today)
    waiting = list_waiting_versions(log.versions, today)
    numbers = tuple(other.number for other in waiting)
    if version is None or in_force is None or version.number not in numbers:
        number = version.number if version else "1.0"
        raise InputError(
            Message(
                "version {number} is not waiting to take effect, so it cannot be withdrawn; "
                "change the text back, then run: build.py note",
                number=number,
            )
        )
    # The text in force comes back, so every change since then that waits is withdrawn with it.
    level = max((Level(other.level.value) for other in waiting), key=lambda level: level.weight)
    return _Withdrawal(in_force, numbers, level, log.policy.settings.languages, today)


def _read_files(log: VersionLog, revisions: list[Revision], version: Version) -> ContentFiles:
    """Return the files of a version; raise InputError if they are in no commit and cannot be put together.

    A correction of the version in force is that version with the files that its commit changed.
    """
    position = next(n for n, revision in enumerate(revisions) if revision.commit == version.commit)
    after = revisions[position].files
    base = log.find_predecessor(version)
    if not version.counterpart or base is None:
        return after
    before = revisions[position - 1].files
    changed = {path: data for path, data in after.items() if before.get(path) != data}
    kept = _read_files(log, revisions, base).items()
    files = {path: data for path, data in kept if path in after or path not in before} | changed
    if not _has_text(files, version):
        raise InputError(
            Message(
                "the text of version {number} is in no commit; write it again, run: build.py note, "
                "and add 'withdraws' to the note",
                number=version.number,
            )
        )
    return files


def _has_text(files: ContentFiles, version: Version) -> bool:
    """Whether readers of these files see the text of a version."""
    try:
        policy = load_policy({path: data for path, data in files.items() if not path.startswith(_KEPT)})
    except ContentError:
        return False
    documents = {locale: render_document(policy, locale) for locale in policy.languages}
    return have_same_text(documents, version.documents)


def _choose_files(then: ContentFiles, now: ContentFiles) -> Mapping[str, bytes]:
    """Return the content that has the text in force: the sections and facts of then, under today's settings.

    The settings of then come back too if the text cannot be had without them.
    """
    kept = {path: data for path, data in now.items() if path.startswith(_KEPT)}
    restored = {path: data for path, data in then.items() if not path.startswith(_KEPT)}
    current_settings = {_SETTINGS: now[_SETTINGS]}
    if not _have_equal_texts({**restored, **current_settings}, restored):
        current_settings = {}
    files = {**kept, **restored, **current_settings}
    return {path: data for path, data in files.items() if isinstance(data, bytes)}


def _have_equal_texts(files: ContentFiles, other_files: ContentFiles) -> bool:
    """Whether readers of these files, which have no notes, see the same text."""
    try:
        policies = load_policy(files), load_policy(other_files)
    except ContentError:
        return False
    documents, other_documents = (
        {locale: render_document(policy, locale) for locale in policy.languages} for policy in policies
    )
    return have_same_text(documents, other_documents)


def _restore_files(source: Path, files: Mapping[str, bytes], before: ContentFiles) -> Iterator[Message]:
    """Write the files that differ, and delete those that are not among them; yield each."""
    for path, data in files.items():
        if before.get(path) != data:
            (source / path).parent.mkdir(parents=True, exist_ok=True)
            (source / path).write_bytes(data)
            yield Message("restored  {path}", path=path)
    for path in sorted(before.keys() - files.keys()):
        (source / path).unlink()
        yield Message("deleted   {path}", path=path)
