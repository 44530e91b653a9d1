"""Why a history cannot be read: each error names the folder or ref, and the command that repairs it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from common.errors import InputError
from common.messages import Message

GIT_NOT_INSTALLED = Message("git is not installed; run: apt-get install git")


class HistoryError(InputError):
    """The history cannot be read; the line says why and which command repairs it."""


class NoHistoryError(HistoryError):
    """There is no history yet: no repository, no commit, or none that has a policy."""


def create_shallow_clone_error(source: Path) -> HistoryError:
    """Return the error for a clone that lacks older commits."""
    return HistoryError(
        Message("{path}: this clone is shallow; to get its history, run: git fetch --unshallow", path=source)
    )


def create_foreign_owner_error(folder: str) -> HistoryError:
    """Return the error for a repository of another user."""
    return HistoryError(
        Message(
            "{path}: the repository belongs to another user; if you trust it, "
            "run: git config --global --add safe.directory {path}",
            path=folder,
        )
    )


def create_ambiguous_name_error(name: str, full_names: Sequence[str]) -> HistoryError:
    """Return the error for a name that both a tag and a branch have; `full_names` begins with the tag."""
    return HistoryError(
        Message(
            "'{name}' is the name of both a tag and a branch; write {branch}, or {tag} for the tag",
            name=name,
            branch=full_names[-1],
            tag=full_names[0],
        )
    )


def create_submodule_error(source: Path) -> HistoryError:
    """Return the error for a folder content/ whose files are in another repository."""
    return HistoryError(
        Message(
            "{path}/content: this is a submodule, so its history is in another repository; "
            "name a folder of that repository with --source, or commit its files here",
            path=source,
        )
    )


def create_moved_source_error(source: Path, old: str, new: str, commit: str) -> HistoryError:
    """Return the error for a policy that a commit moved; `old` and `new` are paths in the repository."""
    return HistoryError(
        Message(
            "{path}: commit {commit} moved the policy here from {old}, and its versions would begin again "
            "at 1.0; to move it back, run: git mv {new} {old}",
            path=source,
            commit=commit[:12],
            old=old,
            new=new,
        )
    )


def create_replaced_source_error(source: Path, commit: str) -> HistoryError:
    """Return the error for a folder with a policy that a commit replaced by a link or a submodule."""
    return HistoryError(
        Message(
            "{path}: commit {commit} put a link in the place of this policy, and its versions would begin "
            "again at 1.0; to undo that, run: git revert {commit}",
            path=source,
            commit=commit[:12],
        )
    )


def create_unknown_commit_error(source: Path, ref: str) -> HistoryError:
    """Return the error for a ref that names no commit; HEAD always does, once there is one."""
    if ref == "HEAD":
        return NoHistoryError(Message("{path}: there are no commits yet; see git log --oneline", path=source))
    return HistoryError(
        Message("{path}: '{ref}' is not a commit; see git log --oneline", path=source, ref=ref)
    )


def create_missing_object_error(source: Path, name: str, *, is_partial_clone: bool) -> HistoryError:
    """Return the error for an object that cannot be read."""
    if is_partial_clone:
        return HistoryError(
            Message(
                "{path}: this clone lacks parts of its history ({id}); run: git fetch --refetch --no-filter",
                path=source,
                id=name[:12],
            )
        )
    return HistoryError(
        Message(
            "{path}: the repository is damaged, object {id} cannot be read; "
            "run: git fsck, then clone it again from an intact copy",
            path=source,
            id=name[:12],
        )
    )


def create_no_repository_error(source: Path) -> NoHistoryError:
    """Return the error for a folder outside every repository."""
    return NoHistoryError(
        Message(
            "{path}: there is no Git repository here; "
            "to start a change log, run: git init && git add content && git commit",
            path=source,
        )
    )


def create_git_failure_error(source: Path, problem: str) -> HistoryError:
    """Return the error for any other failure, with Git's own English words."""
    return HistoryError(
        Message(
            "{path}: Git cannot read the history ({problem}); run: git fsck", path=source, problem=problem
        )
    )


def create_no_content_error(ref: str) -> NoHistoryError:
    """Return the error for a history without a policy."""
    return NoHistoryError(
        Message(
            "{ref}: no commit in its history contains content/; "
            "to commit it, run: git add content && git commit",
            ref=ref,
        )
    )
