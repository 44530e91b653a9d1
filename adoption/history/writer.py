"""Writes imported versions as commits of a new branch, in one step: `git fast-import` sets it at its end."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeAlias

from changelog.git_process import (
    PINNED_OPTIONS,
    RepositoryLocation,
    create_editing_environment,
    create_pinned_environment,
    find_repository,
)
from changelog.history_errors import create_no_repository_error
from common.errors import InputError
from common.messages import Message

CreateFiles: TypeAlias = Callable[[str], Mapping[str, bytes]]


@dataclass(frozen=True, slots=True)
class NewCommit:
    """A commit to write: its moment in Unix seconds, its message, and all files of the policy by path."""

    time: int
    message: str
    files: Mapping[str, bytes]


class BranchWriter:
    """Writes a branch into the repository of a source; raises InputError if the branch exists."""

    def __init__(self, source: Path, branch: str) -> None:
        location = find_repository(source)
        if location is None:
            raise create_no_repository_error(source)
        self.location: RepositoryLocation = location
        self.ref = f"refs/heads/{branch}"
        if self._ask("check-ref-format", "--branch", branch) is None or branch.startswith("-"):
            raise InputError(Message("--write {branch}: not the name of a branch", branch=branch))
        if self._ask("rev-parse", "--verify", "--quiet", self.ref) is not None:
            raise InputError(
                Message(
                    "--write {branch}: this branch exists; choose another name, or delete it", branch=branch
                )
            )
        self.identity = self._read_identity()

    def _ask(self, *arguments: str) -> str | None:
        """Return what a git command prints; None if it fails."""
        command = self.location.build_command(*PINNED_OPTIONS, *arguments)
        done = subprocess.run(
            command, capture_output=True, env=create_pinned_environment(), check=False, text=True
        )
        return None if done.returncode else done.stdout.strip()

    def _read_identity(self) -> str:
        """Return name and address of whoever writes the commits, as Git has them."""
        command = self.location.build_command("var", "GIT_COMMITTER_IDENT")
        done = subprocess.run(
            command, capture_output=True, env=create_editing_environment(), check=False, text=True
        )
        if done.returncode:
            raise InputError(
                Message(
                    "Git does not know who you are; run: git config user.name NAME, and user.email ADDRESS"
                )
            )
        return done.stdout.rpartition(" ")[0].rpartition(" ")[0]

    def write(self, commits: Sequence[NewCommit], last_time: int, create_last_files: CreateFiles) -> str:
        """Write the commits, and the one that adopts them; return its id.

        `create_last_files` is called with the id of the last of `commits` and returns the files of that one,
        which has besides them everything that the newest commit of the source has outside content/.
        """
        command = self.location.build_command(
            *PINNED_OPTIONS, "fast-import", "--quiet", "--done", "--date-format=raw"
        )
        with subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=create_pinned_environment(),
        ) as process:
            assert process.stdin
            assert process.stdout
            assert process.stderr
            commit = ""
            with suppress(OSError):  # its own words say more
                commit = self._send(process.stdin, process.stdout, commits, last_time, create_last_files)
            problem = process.stderr.read().decode("utf-8", "replace").strip().splitlines()
            if process.wait() or not commit:
                raise InputError(
                    Message(
                        "git fast-import: {reason}; the branch was not written",
                        reason=problem[-1] if problem else "-",
                    )
                )
            return commit

    def _send(
        self,
        stdin: IO[bytes],
        stdout: IO[bytes],
        commits: Sequence[NewCommit],
        last_time: int,
        create_last_files: CreateFiles,
    ) -> str:
        for number, commit in enumerate(commits, start=1):
            parent = f"from :{number - 1}\n" if number > 1 else ""
            stdin.writelines(self._format_commit(commit, number, parent, "deleteall\n"))
        stdin.write(f"get-mark :{len(commits)}\n".encode())
        stdin.flush()
        imported = stdout.readline().decode().strip()
        if not imported:
            raise OSError
        number = len(commits) + 1
        last = NewCommit(last_time, _ADOPTION, create_last_files(imported))
        tree = self._ask("rev-parse", "--verify", "--quiet", "HEAD^{tree}")
        base = f'M 040000 {tree} ""\nD {self.location.content}\n' if tree else "deleteall\n"
        stdin.writelines(self._format_commit(last, number, f"from :{number - 1}\n", base))
        stdin.write(f"get-mark :{number}\ndone\n".encode())
        stdin.close()
        return stdout.readline().decode().strip()

    def _format_commit(self, commit: NewCommit, mark: int, parent: str, base: str) -> Iterator[bytes]:
        message = commit.message.encode()
        yield f"commit {self.ref}\nmark :{mark}\ncommitter {self.identity} {commit.time} +0000\n".encode()
        yield b"data %d\n%b\n" % (len(message), message)
        yield f"{parent}{base}".encode()
        for path, data in sorted(commit.files.items()):
            # Paths have no quotes or line ends: they are made of ids.
            yield f"M 100644 inline {self.location.folder}{path}\n".encode()
            yield b"data %d\n%b\n" % (len(data), data)


_ADOPTION = "Adopt the older versions\n\nThe change log begins here; nobody is told of what is before it."
