"""Git itself: its two bulk commands, with every setting that could change their answer pinned down.

The only place that knows GitPython. Nothing that a user, a system or a hostile repository configures has a
say (contract §2), and nothing is ever fetched: a build needs no network.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE
from threading import Thread
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from changelog.git_environment import PINNED, forget_callers
from common.errors import InputError
from policy.sources import MAX_FILE_BYTES, RejectedFile

os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")  # a missing git is told in our words, below

import git

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SETTINGS = {
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.useReplaceRefs": "false",
    "core.attributesFile": os.devnull,
    "diff.relative": "false",
    "diff.orderFile": os.devnull,
    "diff.ignoreSubmodules": "none",
    "i18n.logOutputEncoding": "UTF-8",
    "log.diffMerges": "separate",
    "log.showRoot": "true",
    "log.showSignature": "false",
    "log.mailmap": "false",
    "log.follow": "false",
    "color.ui": "never",
}


class HistoryError(InputError):
    """The history cannot be read; the line says why and which command mends it."""


class NoHistoryError(HistoryError):
    """There is no history yet: no repository, no commit, or none that holds a policy."""


class Entry(NamedTuple):
    """One file that a commit set or removed: path below the source, mode, object id."""

    path: str
    mode: bytes
    blob: str


class Commit(NamedTuple):
    """A commit of the line: full hex id, committer time in Unix seconds, and the files it set."""

    id: str
    time: int
    entries: tuple[Entry, ...]


class Repository:
    """Git's bulk commands, with every setting that could change their answer pinned down."""

    def __init__(self, source: Path) -> None:
        forget_callers()
        self.source = source
        self.git = git.Git(str(source))
        self.trusted: tuple[str, ...] = ()
        shallow, self.prefix = self._whereabouts()
        if shallow == "true":
            raise HistoryError(
                f"{source}: this clone is shallow, its history is cut; run: git fetch --unshallow"
            )

    def _whereabouts(self) -> tuple[str, str]:
        question = ("rev-parse", "--is-shallow-repository", "--show-prefix")
        try:
            answer = self._ask(*question)
        except HistoryError as error:
            if "dubious ownership" not in str(error):
                raise
            self._trust()
            answer = self._ask(*question)
        shallow, _, prefix = answer.partition("\n")
        return shallow, prefix.strip("\n")

    def _trust(self) -> None:
        """Take the user's word, given in Git's own settings, for a folder that belongs to somebody else."""
        folder = str(self.source.resolve())
        lines = self.git.execute(
            ["git", "config", "--get-all", "safe.directory"], with_exceptions=False, stdout_as_string=True
        )
        folders = {folder, *map(str, Path(folder).parents)}
        named = next((line for line in str(lines).splitlines() if line in folders or line == "*"), None)
        if named is None:
            command = f"git config --global --add safe.directory {folder}"
            raise HistoryError(
                f"{folder}: the repository belongs to somebody else; if you trust it, run: {command}"
            )
        self.trusted = ("-c", f"safe.directory={named}")

    def resolve_commit(self, ref: str) -> str:
        """Give the full id of the commit that `ref` names."""
        try:
            return self._ask(
                "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}"
            ).strip()
        except HistoryError as error:
            if "dubious" in str(error) or "fetch" in str(error):
                raise
            self._present(ref)
            what = "there are no commits yet" if ref == "HEAD" else f"'{ref}' names no commit here"
            kind = NoHistoryError if ref == "HEAD" else HistoryError
            raise kind(f"{self.source}: {what}; see git log --oneline") from None

    def _present(self, ref: str) -> None:
        """HistoryError where `ref` leads to an object that is not there or not readable."""
        try:
            name = self._ask("rev-parse", "--verify", "--quiet", "--end-of-options", ref).strip()
        except HistoryError:
            return
        try:
            self._bytes("cat-file", "-p", name)
        except HistoryError:
            raise self._lacking(name) from None

    def iter_commits(self, commit: str) -> Iterator[Commit]:
        """Walk the first-parent line up to `commit`, oldest first, with the files that each commit set."""
        # No pathspec: it costs more than leaving out what is not ours. A merge shows what it brought (-m).
        options = (
            "--first-parent",
            "-m",
            "--reverse",
            "--raw",
            "--no-renames",
            "--no-abbrev",
            "-z",
            "--root",
        )
        plain = ("--no-ext-diff", "--no-textconv", "--no-notes", "--no-decorate", "--no-show-signature")
        raw = self._bytes("log", *options, *plain, "--format=%x01%H %ct", "--end-of-options", commit, "--")
        fields = iter(raw.split(b"\0"))
        head, entries = b"", list[Entry]()
        for token in fields:
            field = token.lstrip(b"\n")
            if field.startswith(b":"):
                _, mode, _, blob, _ = field.split(b" ")
                path = next(fields).decode("utf-8", "surrogateescape")
                entries.append(Entry(path, mode, blob.decode()))
                continue
            if head:
                yield _commit(head, entries)
            head, entries = field, []

    @contextmanager
    def stream_blobs(self, ids: Iterable[str]) -> Iterator[Iterator[bytes | RejectedFile]]:
        """Stream the contents of blobs in the order asked, from one process."""
        process: Any = self.git.execute(
            self._command("cat-file", "--batch", "--buffer"), istream=PIPE, as_process=True, env=dict(PINNED)
        )
        feeder = Thread(target=_feed, args=(process.stdin, ids), daemon=True)
        feeder.start()
        try:
            yield self._contents(process)
        finally:
            process.proc.kill()
            process.proc.wait()
            feeder.join()
            process.stdout.close()
            process.stderr.close()

    def _contents(self, process: Any) -> Iterator[bytes | RejectedFile]:
        stream: IO[bytes] = process.stdout
        while header := stream.readline():
            _, _, size = header.decode().strip().rpartition(" ")
            if not size.isdigit():
                raise self._lacking(header.decode().split(" ")[0])
            yield stream.read(int(size)) if int(size) <= MAX_FILE_BYTES else _skipped(stream, int(size))
            stream.read(1)
        raise self._explained(
            process.stderr.read().decode("utf-8", "replace") or "fatal: git cat-file ended early"
        )

    def _lacking(self, name: str) -> HistoryError:
        partial = self.git.execute(
            self._command("config", "--get-regexp", r"^(remote\..*\.promisor|extensions\.partialclone)$"),
            with_exceptions=False,
            env=dict(PINNED),
        )
        if partial:
            mend = "git fetch --refetch --no-filter"
            return HistoryError(
                f"{self.source}: this clone lacks parts of its history ({name[:12]}); run: {mend}"
            )
        mend = "git fsck, then clone anew from where it is whole"
        return HistoryError(
            f"{self.source}: the repository is damaged, object {name[:12]} is not readable; run: {mend}"
        )

    def _explained(self, problem: str) -> HistoryError:
        lines = [line for line in problem.splitlines() if line.startswith(("fatal:", "error:"))] or [
            problem.strip()
        ]
        said = lines[-1].partition(":")[2].strip() or lines[-1]
        if "promisor" in problem or "lazy fetch" in problem:
            return self._lacking(said.split(" ")[-1] if "fetch" not in said else said.split(" ")[3])
        if "not a git repository" in problem:
            mend = "git init && git add content && git commit"
            return NoHistoryError(
                f"{self.source}: there is no Git repository here; the log is made from one: {mend}"
            )
        return HistoryError(f"{self.source}: Git cannot read the history ({said}); run: git fsck")

    def _command(self, *arguments: str) -> list[str]:
        settings = [word for name, value in _SETTINGS.items() for word in ("-c", f"{name}={value}")]
        return ["git", *settings, *self.trusted, "--no-pager", "--literal-pathspecs", *arguments]

    def _ask(self, *arguments: str) -> str:
        return self._bytes(*arguments).decode("utf-8", "surrogateescape")

    def _bytes(self, *arguments: str) -> bytes:
        try:
            return self.git.execute(
                self._command(*arguments),
                stdout_as_string=False,
                strip_newline_in_stdout=False,
                env=dict(PINNED),
            )
        except git.GitCommandNotFound:
            raise HistoryError("git is not installed; run: apt-get install git") from None
        except git.GitCommandError as error:
            raise self._explained(str(error.stderr).strip().removeprefix("stderr: '").rstrip("'")) from None


def _commit(head: bytes, entries: list[Entry]) -> Commit:
    name, _, time = head.removeprefix(b"\x01").decode().partition(" ")
    return Commit(name, int(time or 0), tuple(entries))  # a line that tells no time is in 1970: not believed


def _feed(pipe: IO[bytes], ids: Iterable[str]) -> None:
    try:
        with pipe:
            for name in ids:
                pipe.write(name.encode() + b"\n")
    except BrokenPipeError:
        return  # the reader has given up and said why


def _skipped(stream: IO[bytes], size: int) -> RejectedFile:
    while size:
        size -= len(stream.read(min(size, MAX_FILE_BYTES)))
    return RejectedFile.TOO_LARGE
