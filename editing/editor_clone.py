"""An editor's clone of the repository: what is not committed, what is not pushed, and commits of `content/`.

Commands that write run with the editor's own configuration of Git: identity, signatures, hooks and access to
remotes. Nothing outside `content/` is added, committed or changed on the disk.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from changelog.git_process import create_editing_environment, find_repository
from changelog.history import Revision
from changelog.history_errors import NoHistoryError, create_no_repository_error
from changelog.staged_files import read_staged_files
from common.errors import InputError, TryLaterError
from common.messages import Message

# What Git leaves in its folder while an operation waits for the user, and how to end it.
_OPERATIONS = {
    "MERGE_HEAD": Message("a merge is in progress; resolve it and run: git commit, or: git merge --abort"),
    "rebase-merge": Message("a rebase is in progress; run: git rebase --continue, or: git rebase --abort"),
    "rebase-apply": Message("a rebase is in progress; run: git rebase --continue, or: git rebase --abort"),
    "CHERRY_PICK_HEAD": Message(
        "a cherry-pick is in progress; run: git cherry-pick --continue, or: git cherry-pick --abort"
    ),
    "REVERT_HEAD": Message("a revert is in progress; run: git revert --continue, or: git revert --abort"),
    "BISECT_LOG": Message("a bisection is in progress; run: git bisect reset"),
}


class ChangedFile(NamedTuple):
    """A file that the next commit changes: its path below the source, and what happens to it."""

    path: str
    is_deleted: bool
    is_new: bool


class _GitResult(NamedTuple):
    exit_code: int
    output: str
    errors: str


class EditorClone:
    """The clone that contains the folder `source`. Raises NoHistoryError if there is none."""

    def __init__(self, source: Path) -> None:
        self.source = source
        self._environment = create_editing_environment()
        location = find_repository(source)
        if location is None:
            raise create_no_repository_error(source)
        self._location = location
        if self._run("rev-parse", "--is-inside-work-tree").output.strip() != "true":
            raise create_no_repository_error(source)
        self._content = f"{location.content}/"

    def require_branch(self) -> str:
        """Return the current branch; raise InputError where a commit would be lost or mixed with another."""
        for name, message in _OPERATIONS.items():
            path = self._location.top / self._read("rev-parse", "--git-path", name)
            if path.exists():
                raise InputError(message)
        result = self._run("symbolic-ref", "--short", "--quiet", "HEAD")
        if result.exit_code:
            raise InputError(
                Message("no branch is checked out, so a commit would be lost; run: git switch BRANCH")
            )
        return result.output.strip()

    def require_identity(self) -> None:
        """Raise InputError if Git does not know who commits."""
        for name in ("GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"):
            if self._run("var", name).exit_code:
                raise InputError(
                    Message(
                        "Git does not know your name; run: git config user.name NAME && "
                        "git config user.email ADDRESS"
                    )
                )

    def get_head(self) -> str:
        """Return the id of the last commit; an empty string before the first."""
        return self._run("rev-parse", "--verify", "--quiet", "HEAD").output.strip()

    def list_changed_files(self) -> tuple[ChangedFile, ...]:
        """Return the files below content/ that differ from the last commit, ignored ones excepted."""
        listing = self._read(
            "status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames", "--", self._content
        )
        prefix = self._get_prefix()
        return tuple(
            ChangedFile(line[3:].removeprefix(prefix), "D" in line[:2], line[:2] in {"??", "A ", "AM"})
            for line in listing.split("\0")
            if line
        )

    def read_next_commit(self, today: date) -> Revision:
        """Return content/ as the next commit would hold it: everything that is not ignored, staged or not."""
        with TemporaryDirectory() as folder:
            index = str(Path(folder) / "index")
            current = self._location.top / self._read("rev-parse", "--git-path", "index")
            if current.exists():
                # With its time: Git compares the bytes of files that are as new as the index.
                shutil.copy2(current, index)
            self._read("add", "--all", "--", self._content, environment={"GIT_INDEX_FILE": index})
            return read_staged_files(self.source, today, index)

    def list_unpushed_commits(self) -> tuple[str, ...]:
        """Return the commits of this branch that no remote has, newest first, as far as is known here."""
        return tuple(self._read("rev-list", "--first-parent", "HEAD", "--not", "--remotes").split())

    def has_remotes(self) -> bool:
        """Whether there is a remote to push to."""
        return bool(self._read("remote"))

    def has_only_content(self, commit: str) -> bool:
        """Whether a commit has one parent and changes nothing outside content/."""
        if len(self._list_parents(commit)) != 1:
            return False
        prefix = self._get_prefix()
        paths = self._read("diff-tree", "--no-commit-id", "--name-only", "--no-renames", "-r", "-z", commit)
        return all(path.startswith(f"{prefix}content/") for path in paths.split("\0") if path)

    def is_merge(self, commit: str) -> bool:
        """Whether a commit has several parents."""
        return len(self._list_parents(commit)) > 1

    def _list_parents(self, commit: str) -> list[str]:
        return self._read("rev-list", "--parents", "--max-count=1", commit).split()[1:]

    def read_message(self, commit: str) -> str:
        """Return the message of a commit."""
        return self._read("log", "--max-count=1", "--format=%B", commit)

    def _get_prefix(self) -> str:
        """Return the path of the source in commits, `folder/` or empty."""
        above = self._read("rev-parse", "--show-prefix")  # not empty if core.worktree is above the repository
        return f"{above}{self._location.folder}"

    def list_note_names(self) -> set[str]:
        """Return the names, without `.yaml`, of the notes on every branch, remote ones included."""
        branches = self._read("for-each-ref", "--format=%(objectname)", "refs/heads", "refs/remotes").split()
        prefix = self._get_prefix()
        trees = {f"{branch}:{prefix}content/changes" for branch in branches}
        listings = (self._run("ls-tree", "--name-only", "-z", tree) for tree in sorted(trees))
        return {Path(name).stem for listing in listings for name in listing.output.split("\0") if name}

    def create_branch(self, name: str) -> None:
        """Create a branch at the last commit and switch to it; raise InputError if Git refuses its name."""
        result = self._run("switch", "--create", name)
        if result.exit_code:
            raise InputError(
                Message(
                    "Git cannot create the branch '{name}': {reason}", name=name, reason=_find_reason(result)
                )
            )

    def commit_content(self, message: str, replaced: tuple[str, ...]) -> str:
        """Commit content/ together with the `replaced` commits, the last ones, newest first; return the id.

        Raise InputError with the lines of a hook that refuses the commit; then the commits are as before.
        """
        head = self.get_head()
        self._read("add", "--all", "--", self._content)
        options = ["--amend"] if replaced else []
        if len(replaced) > 1:
            self._read("reset", "--soft", replaced[-1])
        # With --only, whatever else is staged stays staged and is not committed.
        result = self._run(
            "commit",
            "--quiet",
            "--only",
            f"--message={message}",
            "--cleanup=whitespace",
            *options,
            "--",
            self._content,
        )
        if result.exit_code:
            if len(replaced) > 1:
                self._read("reset", "--soft", head)
            lines = (result.errors or result.output).splitlines()
            raise InputError(Message("Git refused the commit; nothing was committed:"), *lines)
        return self.get_head()

    def choose_remote(self, branch: str) -> str:
        """Return the remote that this branch is pushed to; raise InputError if it is not known which."""
        keys = (f"branch.{branch}.pushRemote", "remote.pushDefault", f"branch.{branch}.remote")
        remotes = self._read("remote").split("\n")
        configured = (self._run("config", "--get", key).output.strip() for key in keys)
        chosen = next((name for name in configured if name in remotes), None)
        if chosen or len(remotes) == 1:
            return chosen or remotes[0]
        if "origin" in remotes:
            return "origin"
        raise InputError(
            Message(
                "there are several remotes ({names}); choose one: "
                "git config branch.{branch}.pushRemote REMOTE",
                names=", ".join(remotes),
                branch=branch,
            )
        )

    def push_branch(self, remote: str, branch: str) -> None:
        """Push the branch under its own name; raise an error that says why the remote does not take it."""
        result = self._run(
            "push", "--porcelain", "--set-upstream", remote, f"refs/heads/{branch}:refs/heads/{branch}",
            environment={"LC_ALL": "C", "LANGUAGE": "C"},
        )  # fmt: skip
        if not result.exit_code:
            return
        line = next((line for line in result.output.splitlines() if line.startswith("!")), "")
        if "(fetch first)" in line or "(non-fast-forward)" in line:
            raise InputError(
                Message(
                    "'{branch}' on {remote} has commits that you do not have; your commit is kept here. "
                    "Run: git pull --rebase {remote} {branch}, then: build.py submit",
                    branch=branch,
                    remote=remote,
                )
            )
        if line:
            raise InputError(
                Message(
                    "{remote} does not accept '{branch}' ({reason}); your commit is kept here. "
                    "If the branch is protected, run: build.py submit --branch NAME",
                    remote=remote,
                    branch=branch,
                    reason=line.rpartition("(")[2].rstrip(")"),
                )
            )
        raise TryLaterError(
            Message(
                "Git cannot push to {remote} ({reason}); your commit is kept here. "
                "Later, run: build.py submit",
                remote=remote,
                reason=_find_reason(result),
            )
        )

    def _read(self, *arguments: str, environment: Mapping[str, str] | None = None) -> str:
        """Return the output of a git command; raise InputError if it fails."""
        result = self._run(*arguments, environment=environment)
        if result.exit_code:
            raise InputError(
                Message("git {command} failed: {reason}", command=arguments[0], reason=_find_reason(result))
            )
        return result.output.rstrip("\n")

    def _run(self, *arguments: str, environment: Mapping[str, str] | None = None) -> _GitResult:
        """Run a git command at the top of the clone to its end."""
        command = self._location.build_command("--no-pager", "--literal-pathspecs", *arguments)
        variables = {**self._environment, **(environment or {})}
        done = subprocess.run(command, env=variables, capture_output=True, check=False)
        return _GitResult(done.returncode, os.fsdecode(done.stdout), os.fsdecode(done.stderr).strip())


def _find_reason(result: _GitResult) -> str:
    """Return the line in which Git says why it failed, without its prefix."""
    lines = [line for line in result.errors.splitlines() if line.startswith(("fatal:", "error:"))]
    line = (lines or result.errors.splitlines() or [""])[0]
    return line.removeprefix("fatal: ").removeprefix("error: ").strip()


def list_note_names_of_branches(source: Path) -> set[str]:
    """Return the names of notes on all branches that are known here; none if there is no repository.

    Two editors who change one section on one day then write two files, once they have each other's branches.
    """
    try:
        return EditorClone(source).list_note_names()
    except NoHistoryError:
        return set()
