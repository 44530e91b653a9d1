"""The commit that a ref names, asked of Git itself: all that a build with nothing to do needs to know."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, NamedTuple

from changelog.git_environment import PINNED, forget_callers

if TYPE_CHECKING:
    from pathlib import Path


class ResolvedRef(NamedTuple):
    """The full id of a commit, and where the source stands in its repository, `folder/` or empty."""

    commit: str = ""
    prefix: str = ""


def resolve_ref(source: Path, ref: str) -> ResolvedRef:
    """Ask for the commit that `ref` names; both are empty where something is wrong, for others to say."""
    if ref.startswith("-"):
        return ResolvedRef()
    forget_callers()
    asked = ("--is-shallow-repository", "--show-prefix", f"{ref}^{{commit}}", "--")
    command = ("git", "-C", str(source), "rev-parse", *asked)
    try:
        done = subprocess.run(command, capture_output=True, env={**os.environ, **PINNED}, check=False)
    except OSError:
        return ResolvedRef()
    match os.fsdecode(done.stdout).split("\n"):  # a range gives two lines
        case ["false", prefix, name, "--", ""] if done.returncode == 0:
            return ResolvedRef(name, prefix)
    return ResolvedRef()
