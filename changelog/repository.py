"""A Git repository read by two bulk commands, with every setting pinned that could change their answer.

Configuration of a user, a system or a hostile repository is ignored, and nothing is fetched: a build needs no
network (docs/decisions/pinned-git-configuration.md). The only module that knows GitPython.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from subprocess import PIPE
from threading import Thread
from typing import IO, Any, NamedTuple

from changelog.git_process import (
    PINNED_OPTIONS,
    build_env_prefix,
    create_environment_with_user_configuration,
    create_pinned_environment,
    find_repository,
    list_full_names,
)
from changelog.history_errors import (
    GIT_NOT_INSTALLED,
    HistoryError,
    create_ambiguous_name_error,
    create_foreign_owner_error,
    create_git_failure_error,
    create_missing_object_error,
    create_no_repository_error,
    create_shallow_clone_error,
    create_unknown_commit_error,
)
from common.errors import InputError
from policy.sources import MAX_FILE_BYTES, RejectedFile

_COMMAND_NOT_FOUND = 127  # from env, which precedes git if a hook has set variables
try:
    import git
except ImportError as error:  # GitPython looks for git when it is imported
    if "git executable" not in str(error):
        raise
    raise InputError(GIT_NOT_INSTALLED) from None


_LOG_OPTIONS = (
    "--first-parent",
    "-m",  # a merge lists what it changed from its first parent
    "--reverse",
    "--raw",
    "--no-renames",
    "--no-abbrev",
    "-z",
    "--root",
    "--no-ext-diff",
    "--no-textconv",
    "--no-notes",
    "--no-decorate",
    "--no-show-signature",
    "--format=%x01%H %ct",
)
_PARTIAL_CLONE_KEYS = r"^(remote\..*\.promisor|extensions\.partialclone)$"


class Entry(NamedTuple):
    """One file that a commit set or removed: path from the top of the repository, mode, object id."""

    path: str
    mode: bytes
    blob: str


class Commit(NamedTuple):
    """A commit: full hex id, committer time in Unix seconds, and the files it set or removed."""

    id: str
    time: int
    entries: tuple[Entry, ...]


class _CommandResult(NamedTuple):
    exit_code: int
    output: bytes
    errors: str


class Repository:
    """The Git repository that contains the folder `source`.

    Raises HistoryError if there is none, if its history is cut, or if its owner is not trusted.
    """

    def __init__(self, source: Path) -> None:
        self.source = source
        location = find_repository(source)
        if location is None:
            raise create_no_repository_error(source)
        self.location = location
        self._git = git.Git(str(location.top))
        self.trust_options: tuple[str, ...] = ()
        is_shallow, above = self._inspect_repository()
        self.prefix = f"{above}{location.folder}"
        # In a shallow clone git log ends early without a warning, and every version number would be wrong.
        if is_shallow:
            raise create_shallow_clone_error(source)

    def _inspect_repository(self) -> tuple[bool, str]:
        """Return whether the clone is shallow, and the path of its top, which `core.worktree` may set."""
        question = ("rev-parse", "--is-shallow-repository", "--show-prefix")
        try:
            answer = self._read_text(*question)
        except HistoryError as error:
            if "dubious ownership" not in str(error):
                raise
            self._trust_folder()
            answer = self._read_text(*question)
        is_shallow, _, prefix = answer.partition("\n")
        return is_shallow == "true", prefix.strip("\n")

    def _trust_folder(self) -> None:
        """Read a repository of another user if the user's own Git configuration trusts it.

        The pinned environment hides `safe.directory`, so the user's value is passed on as an option.
        """
        folder = str(self.location.top)
        # Without a repository: its own configuration must not vouch for it.
        environment = {**create_environment_with_user_configuration(), "GIT_DIR": os.devnull}
        answer = self._run(["git", "config", "--get-all", "safe.directory"], environment).output
        folders = {"*", folder, *map(str, Path(folder).parents)}
        trusted = next((line for line in os.fsdecode(answer).splitlines() if line in folders), None)
        if trusted is None:
            raise create_foreign_owner_error(folder)
        self.trust_options = ("-c", f"safe.directory={trusted}")

    def resolve_commit(self, ref: str) -> str:
        """Return the full id of the commit that `ref` names; raise HistoryError if it names none, or two."""
        self._refuse_ambiguous_name(ref)
        try:
            return self._read_text(
                "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}"
            ).strip()
        except HistoryError as error:
            if "dubious" in str(error) or "fetch" in str(error):
                raise
            # rev-parse --verify says nothing of why: the object may be damaged or missing in a partial clone.
            self._check_object(ref)
            raise create_unknown_commit_error(self.source, ref) from None

    def _refuse_ambiguous_name(self, ref: str) -> None:
        """Raise HistoryError if a branch and a tag have the name: Git would silently take the tag."""
        if full_names := list_full_names(ref):
            found = self._read_text("for-each-ref", "--format=%(refname)", *full_names).split("\n")
            same = [full_name for full_name in full_names if full_name in found]
            if len(same) > 1:
                raise create_ambiguous_name_error(ref, same)

    def _check_object(self, ref: str) -> None:
        """Raise HistoryError if `ref` names an object that is missing or damaged."""
        try:
            name = self._read_text("rev-parse", "--verify", "--quiet", "--end-of-options", ref).strip()
        except HistoryError:
            return
        try:
            self._read_bytes("cat-file", "-p", name)
        except HistoryError:
            raise self._create_missing_object_error(name) from None

    def ask(self, *arguments: str) -> str:
        """Return what a git command prints under the user's own configuration; nothing if it fails."""
        command = self._build_command(*arguments)
        command.remove("--literal-pathspecs")  # `git check-ignore` refuses it
        result = self._run(command, create_environment_with_user_configuration())
        return "" if result.exit_code else result.output.decode("utf-8", "surrogateescape")

    def iter_commits(self, commit: str) -> Iterator[Commit]:
        """Yield the first-parent line up to `commit`, oldest first, with the files that each commit set."""
        # Without a pathspec: for Git it costs more than it saves to leave out files outside content/.
        raw = self._read_bytes("log", *_LOG_OPTIONS, "--end-of-options", commit, "--")
        # With -z a commit is one field; each of its files is two, the modes and ids, and the path.
        fields = iter(raw.split(b"\0"))
        header, entries = b"", list[Entry]()
        for token in fields:
            field = token.lstrip(b"\n")
            if field.startswith(b":"):
                _, mode, _, blob, _ = field.split(b" ")
                path = next(fields).decode("utf-8", "surrogateescape")  # Git knows bytes, not characters
                entries.append(Entry(path, mode, blob.decode()))
                continue
            if header:
                yield _parse_commit(header, entries)
            header, entries = field, []

    @contextmanager
    def stream_blobs(self, ids: Iterable[str]) -> Iterator[Iterator[bytes | RejectedFile]]:
        """Yield an iterator over the contents of blobs, in the order of `ids`, from one process."""
        environment = create_pinned_environment()
        command = self._build_command("cat-file", "--batch", "--buffer")
        process: Any = self._git.execute(
            [*build_env_prefix(environment), *command], istream=PIPE, as_process=True, env=environment
        )
        # A thread of its own writes the ids: git blocks when nobody reads its output, and so would we.
        writer = Thread(target=_write_ids, args=(process.stdin, ids), daemon=True)
        writer.start()
        try:
            yield self._read_blobs(process)
        finally:
            process.proc.kill()
            process.proc.wait()
            writer.join()
            process.stdout.close()
            process.stderr.close()

    def _read_blobs(self, process: Any) -> Iterator[bytes | RejectedFile]:
        """Yield the contents that `git cat-file --batch` prints: a header line, the bytes, a line end."""
        stream: IO[bytes] = process.stdout
        while header := stream.readline():
            _, _, size = header.decode().strip().rpartition(" ")
            if not size.isdigit():
                raise self._create_missing_object_error(header.decode().split(" ")[0])
            yield stream.read(int(size)) if int(size) <= MAX_FILE_BYTES else _skip_blob(stream, int(size))
            stream.read(1)  # the line end after each blob
        problem = process.stderr.read().decode("utf-8", "replace")
        raise self._explain_failure(problem or "fatal: git cat-file ended early")

    def _create_missing_object_error(self, name: str) -> HistoryError:
        """Return the error for an object that is not there: a partial clone, or a damaged repository."""
        command = self._build_command("config", "--get-regexp", _PARTIAL_CLONE_KEYS)
        is_partial_clone = bool(self._run(command, create_pinned_environment()).output)
        return create_missing_object_error(self.source, name, is_partial_clone=is_partial_clone)

    def _explain_failure(self, problem: str) -> HistoryError:
        """Return the error for a message that Git wrote to standard error."""
        lines = [line for line in problem.splitlines() if line.startswith(("fatal:", "error:"))]
        last = lines[-1] if lines else problem.strip()
        message = last.partition(":")[2].strip() or last
        if "promisor" in problem or "lazy fetch" in problem:
            words = message.split(" ")
            return self._create_missing_object_error(words[3] if "fetch" in message else words[-1])
        if "not a git repository" in problem:
            return create_no_repository_error(self.source)
        return create_git_failure_error(self.source, message)

    def _build_command(self, *arguments: str) -> list[str]:
        """Return a git command with every setting pinned."""
        options = (*PINNED_OPTIONS, *self.trust_options, "--no-pager", "--literal-pathspecs")
        return list(self.location.build_command(*options, *arguments))

    def _read_text(self, *arguments: str) -> str:
        return self._read_bytes(*arguments).decode("utf-8", "surrogateescape")

    def _read_bytes(self, *arguments: str) -> bytes:
        """Return the output of a git command; raise HistoryError if it fails."""
        result = self._run(self._build_command(*arguments), create_pinned_environment())
        if result.exit_code:
            raise self._explain_failure(result.errors)
        return result.output

    def _run(self, command: list[str], environment: dict[str, str]) -> _CommandResult:
        """Run a command at the top to its end; raise HistoryError if git is not installed."""
        try:
            exit_code, output, errors = self._git.execute(
                [*build_env_prefix(environment), *command],
                with_extended_output=True,
                with_exceptions=False,
                stdout_as_string=False,
                strip_newline_in_stdout=False,
                env=environment,
            )
        except git.GitCommandNotFound:
            raise HistoryError(GIT_NOT_INSTALLED) from None
        if exit_code == _COMMAND_NOT_FOUND:
            raise HistoryError(GIT_NOT_INSTALLED)
        return _CommandResult(exit_code, bytes(output), errors.strip())


def _parse_commit(header: bytes, entries: list[Entry]) -> Commit:
    """Parse the line that `--format` of `git log` asks for."""
    name, _, time = header.removeprefix(b"\x01").decode().partition(" ")
    # A commit without a committer time counts as 1970, which the log reports as an impossible date.
    return Commit(name, int(time or 0), tuple(entries))


def _write_ids(pipe: IO[bytes], ids: Iterable[str]) -> None:
    """Write one id a line, and close the pipe."""
    with suppress(BrokenPipeError), pipe:  # the reader has stopped and raised its own error
        for name in ids:
            pipe.write(name.encode() + b"\n")


def _skip_blob(stream: IO[bytes], size: int) -> RejectedFile:
    """Read past a blob that is too large, without holding it in memory."""
    while size:
        size -= len(stream.read(min(size, MAX_FILE_BYTES)))
    return RejectedFile.TOO_LARGE
