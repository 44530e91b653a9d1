"""Writes a new policy into a folder with a Git repository around it: all of it, or nothing.

Everything is made in a folder beside the target, which is renamed at the end.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from adoption.new_policy.git import start_git
from common.errors import InputError
from common.machine_faults import describe_machine_fault
from common.messages import Message
from generator.build_options import PROJECT

# What `make SOURCE=…` would expand, or hand to a shell that does, or cannot hold on one line.
_NOT_FOR_MAKE = re.compile(r"[\x00-\x1f\x7f\"$`\\]")
_MESSAGE = "Begin the privacy policy"


class Identity(NamedTuple):
    """The name and the address that commits are made in."""

    name: str
    email: str


class NewRepository(NamedTuple):
    """What was created: the first commit, and the identity that the repository got if the user has none."""

    commit: str
    borrowed_identity: Identity | None


def refuse_used_folder(folder: Path) -> None:
    """Raise InputError if nothing may be written into a folder: it is in use, or inside this tool."""
    with _explain_failure(folder):
        target = folder.resolve()
        hint = Message("choose a folder that does not exist yet")
        if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
            raise InputError(Message("{path}: not a folder; {hint}", path=folder, hint=hint))
        if folder.is_dir() and any(folder.iterdir()):
            raise InputError(Message("{path}: the folder is not empty; {hint}", path=folder, hint=hint))
        if target.is_relative_to(PROJECT):
            message = Message(
                "{path}: this is inside Klartekst itself; choose a folder beside it, such as ../our-policy",
                path=folder,
            )
            raise InputError(message)
        if _NOT_FOR_MAKE.search(os.path.relpath(target, PROJECT)):
            message = Message(
                "{path}: make cannot be given this name; use letters, digits, spaces, - and _", path=folder
            )
            raise InputError(message)
        if not target.parent.is_dir():
            message = Message("{path}: the folder above it does not exist; create it first", path=folder)
            raise InputError(message)


def write_repository(folder: Path, files: Mapping[str, bytes], identity: Identity) -> NewRepository:
    """Write the files into a new repository in `folder` and commit them.

    Whoever has no Git identity commits in that of the organisation. Raise InputError if the folder is in use
    or cannot be written, or Git fails; then nothing is left.
    """
    refuse_used_folder(folder)
    with _explain_failure(folder):
        return _write_repository(folder.resolve(), files, identity)


@contextmanager
def _explain_failure(folder: Path) -> Iterator[None]:
    """Raise InputError if the folder is at fault; what the machine lacks may be there later."""
    try:
        yield
    except OSError as error:
        if describe_machine_fault(error):
            raise
        message = Message(
            "{path}: cannot be written ({reason}); choose another folder", path=folder, reason=error.strerror
        )
        raise InputError(message) from None


def _write_repository(target: Path, files: Mapping[str, bytes], identity: Identity) -> NewRepository:
    with _create_folder_beside(target) as draft:
        for path, data in files.items():
            (draft / path).parent.mkdir(parents=True, exist_ok=True)
            (draft / path).write_bytes(data)
        _run_git(draft, "init", "--quiet", "--initial-branch=main", "--template=")
        borrowed = None if _has_identity(draft) else identity
        if borrowed:
            _run_git(draft, "config", "user.name", borrowed.name)
            _run_git(draft, "config", "user.email", borrowed.email)
        _run_git(draft, "add", "--all", "--force", "--", *sorted(files))
        # Neither a hook of the user nor a question for a passphrase belongs to a first commit.
        options = ("-c", f"core.hooksPath={os.devnull}", "-c", "commit.gpgSign=false")
        _run_git(draft, *options, "commit", "--quiet", "--message", _MESSAGE)
        _install_hook(draft)
        commit = _run_git(draft, "rev-parse", "--short", "HEAD").strip()
        draft.rename(target)  # an empty folder is replaced
    return NewRepository(commit, borrowed)


@contextmanager
def _create_folder_beside(target: Path) -> Iterator[Path]:
    """Create a folder for a draft on the same file system; whatever is left of it is removed."""
    draft = target.with_name(f".{target.name}-{secrets.token_hex(4)}")
    draft.mkdir()  # with the permissions of any new folder, which those of the standard library do not have
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _install_hook(repository: Path) -> None:
    """Install the hook that refuses silent changes. It is no file of the repository: clones have none."""
    hooks = repository / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    shutil.copy(PROJECT / "hooks" / "pre-commit", hooks / "pre-commit")
    (hooks / "pre-commit").chmod(0o755)
    _run_git(repository, "config", "klartekst.folder", str(PROJECT))


def _has_identity(repository: Path) -> bool:
    """Whether the user's own configuration says in whose name commits are made."""
    return all(
        start_git(repository, "config", "--get", f"user.{key}").stdout.strip()
        or (os.environ.get(f"GIT_AUTHOR_{key.upper()}") and os.environ.get(f"GIT_COMMITTER_{key.upper()}"))
        for key in ("name", "email")
    )


def _run_git(folder: Path, *arguments: str) -> str:
    """Return what Git prints; raise InputError with its own words if it fails."""
    done = start_git(folder, *arguments)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise InputError(Message("git {command}: {problem}", command=arguments[0], problem=lines[-1]))
    return done.stdout
