"""The older versions of a policy: commits of a repository that changed its files, or files with a day.

Nothing of a source is run, and nothing outside it is read: a repository is read through its objects, with
every setting pinned, and links in a folder are not followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from adoption.history.renames import FileCommit, follow_file
from changelog.days import get_day_in_oslo
from changelog.git_process import find_repository
from changelog.repository import Repository
from common.errors import InputError
from common.input_files import read_input_file
from common.messages import Message
from common.oslo import OSLO
from policy.fields import LOCALES, Locale
from policy.sources import MAX_FILE_BYTES, RejectedFile

MAX_DOCUMENT_BYTES = 16 << 20  # of one file in a folder; a .docx may have pictures
MAX_FILES = 2_000
TEXT_SUFFIXES = (".md", ".markdown", ".html", ".htm", ".txt")
SUFFIXES = (*TEXT_SUFFIXES, ".docx", ".odt")
_DATED_NAME = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})(?:\.(?P<locale>[a-z]{2,3}))?(?P<suffix>\.[a-z]+)", re.IGNORECASE
)
_NAME_HINT = Message("name it like 2019-05-25.md, or 2019-05-25.nb.md for one language of several")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of one language: its path, its content, and the name that messages call it by."""

    path: str
    data: bytes
    name: str


@dataclass(frozen=True, slots=True)
class SourceVersion:
    """An older version: its id in the plan, its moment, its files by language, and what was said of it.

    `id` is that of a commit, or the day in the name of a file. `subject` is the first line of the commit's
    message.
    """

    id: str
    time: int
    files: Mapping[Locale, SourceFile]
    subject: str = ""

    @property
    def day(self) -> date:
        """The day in Oslo."""
        day = get_day_in_oslo(self.time)
        assert day  # others were refused
        return day


def parse_paths(values: Sequence[str]) -> Mapping[Locale, tuple[str, ...]]:
    """Return the files of a repository by language, from options such as `nb=privacy.md`.

    A language that is named again had its text in another file at another time.
    """
    paths: dict[Locale, tuple[str, ...]] = {}
    for value in values:
        locale, separator, path = value.partition("=")
        if not separator or not path.strip():
            raise InputError(Message("--path {value}: write it like nb=privacy/index.md", value=value))
        check_language(locale, f"--path {value}")
        paths[locale] = (*paths.get(locale, ()), path.strip().removeprefix("./"))
    return paths


def check_language(locale: str, name: str) -> None:
    """Raise InputError, which begins with `name`, for a language that this tool does not know."""
    if locale not in LOCALES:
        known = ", ".join(LOCALES)
        raise InputError(
            Message(
                "{name}: there is no language '{code}'; known are {known}",
                name=name,
                code=locale,
                known=known,
            )
        )


def read_source(
    source: Path, paths: Mapping[Locale, tuple[str, ...]], language: Locale | None
) -> tuple[SourceVersion, ...]:
    """Return the versions of a source, oldest first; `language` is that of files that name none.

    Raise InputError for a source that is neither a repository nor a folder of dated files, and for the first
    file in it that cannot be a version.
    """
    if not source.is_dir():
        raise InputError(Message("{path}: no such folder", path=source))
    versions = tuple(_read_repository(source, paths) if paths else _read_folder(source, language))
    if not versions:
        raise InputError(Message("{path}: there is no version of the policy", path=source))
    return versions


def _read_repository(source: Path, paths: Mapping[Locale, tuple[str, ...]]) -> Iterator[SourceVersion]:
    """Yield a version for each commit that changed one of the files."""
    repository = Repository(source)
    commits = tuple(repository.iter_commits(repository.resolve_commit("HEAD")))
    followed = {
        locale: [commit for name in names for commit in follow_file(repository, commits, name)]
        for locale, names in paths.items()
    }
    by_commit: dict[str, dict[Locale, FileCommit]] = {}
    for locale, found in followed.items():
        for one in found:
            known = by_commit.setdefault(one.commit, {}).get(locale)
            if (
                known is None or not known.blob
            ):  # one name of the file may go in the commit that brings another
                by_commit[one.commit][locale] = one
    subjects = _read_subjects(repository)
    wanted = [commit for commit in commits if commit.id in by_commit]
    if len(wanted) > MAX_FILES:
        raise InputError(Message("{path}: more than {count} versions", path=source, count=MAX_FILES))
    blob_ids = [one.blob for commit in wanted for one in by_commit[commit.id].values() if one.blob]
    files: dict[Locale, SourceFile] = {}
    newest = 0
    with repository.stream_blobs(blob_ids) as blobs:
        for commit in wanted:
            for locale, one in by_commit[commit.id].items():
                if one.blob:
                    name = f"{one.path} ({commit.id[:12]})"
                    files[locale] = SourceFile(one.path, _accept(name, next(blobs)), name)
                else:
                    files.pop(locale, None)
            if get_day_in_oslo(commit.time) is None:
                raise InputError(
                    Message(
                        "commit {commit} has an impossible date; give it another one first",
                        commit=commit.id[:12],
                    )
                )
            # Versions follow one another as commits do, whatever a clock said.
            newest = max(newest, commit.time)
            if files:
                yield SourceVersion(commit.id, newest, _sort(files, paths), subjects.get(commit.id, ""))


def _sort(files: Mapping[Locale, SourceFile], order: Mapping[Locale, object]) -> Mapping[Locale, SourceFile]:
    return {locale: files[locale] for locale in order if locale in files}


def _read_subjects(repository: Repository) -> Mapping[str, str]:
    """Return the first line of each commit's message, which the plan shows beside its version."""
    output = repository.ask("log", "--first-parent", "--no-decorate", "--format=%H %s", "HEAD", "--")
    return {line[:40]: line[41:] for line in output.splitlines() if line[40:41] == " "}


def _accept(name: str, data: bytes | RejectedFile) -> bytes:
    """Return the bytes of a file; raise InputError if it is too large or no text."""
    if isinstance(data, RejectedFile):
        raise InputError(Message("{name}: {reason}", name=name, reason=data.message))
    if b"\0" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(Message("{name}: not a text; name another file with --path", name=name))
    return data


def _read_folder(folder: Path, language: Locale | None) -> Iterator[SourceVersion]:
    """Yield a version for each day in the names of the files; those of one day are its languages."""
    location = find_repository(folder)
    if location and location.top == folder.resolve():
        raise InputError(
            Message("{path}: a repository; name the files with --path nb=FILE --path en=FILE", path=folder)
        )
    found: dict[date, dict[Locale, Path]] = {}
    for path in _list_files(folder):
        day, locale = _parse_name(path, language)
        files = found.setdefault(day, {})
        if locale in files:
            raise InputError(
                Message(
                    "{path}: {other} is the version of the same day; keep one of them",
                    path=path,
                    other=files[locale].name,
                )
            )
        files[locale] = path
    order = list(dict.fromkeys(locale for day in sorted(found) for locale in found[day]))
    files_now: dict[Locale, SourceFile] = {}
    for day in sorted(found):
        for locale, path in found[day].items():
            files_now[locale] = SourceFile(path.name, _read_file(path), path.name)
        yield SourceVersion(str(day), _get_noon(day), _sort(files_now, dict.fromkeys(order)))


def _list_files(folder: Path) -> list[Path]:
    try:
        paths = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise InputError(
            Message("{path}: cannot be read ({reason})", path=folder, reason=error.strerror)
        ) from None
    if len(paths) > MAX_FILES:
        raise InputError(Message("{path}: more than {count} versions", path=folder, count=MAX_FILES))
    return paths


def _parse_name(path: Path, language: Locale | None) -> tuple[date, Locale]:
    """Return the day and the language in a file's name; raise InputError if there is none."""
    match = _DATED_NAME.fullmatch(path.name)
    if path.is_symlink() or not path.is_file() or not match:
        raise InputError(Message("{path}: not a dated file; {hint}", path=path, hint=_NAME_HINT))
    if match["suffix"].lower() not in SUFFIXES:
        known = ", ".join(SUFFIXES)
        raise InputError(
            Message("{path}: not a kind of file that can be read: {known}", path=path, known=known)
        )
    try:
        day = date.fromisoformat(match["day"])
    except ValueError:
        raise InputError(
            Message("{path}: there is no such day; {hint}", path=path, hint=_NAME_HINT)
        ) from None
    if get_day_in_oslo(_get_noon(day)) is None:
        raise InputError(Message("{path}: the day is not between 2000 and 2100", path=path))
    locale = (match["locale"] or language or "").lower()
    if not locale:
        raise InputError(
            Message(
                "{path}: in which language? name it like 2019-05-25.nb.md, or pass --language nb", path=path
            )
        )
    check_language(locale, str(path))
    return day, locale


def _read_file(path: Path) -> bytes:
    is_text = path.suffix.lower() in TEXT_SUFFIXES
    data = read_input_file(path, MAX_FILE_BYTES if is_text else MAX_DOCUMENT_BYTES)
    return _accept(path.name, data) if is_text else data


def find_moment(version: SourceVersion, day: date) -> int:
    """Return when a version was published, in Unix seconds: at noon, if the plan gives it another day."""
    return version.time if version.day == day else _get_noon(day)


def _get_noon(day: date) -> int:
    """Return noon in Oslo, in Unix seconds."""
    return int(datetime.combine(day, time(12), OSLO).astimezone(UTC).timestamp())
