"""The commit that a ref names, asked of Git itself: all that a build with nothing to do needs to know."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from changelog.pinned import PINNED, forget_callers

if TYPE_CHECKING:
    from pathlib import Path


def tip(source: Path, ref: str) -> str:
    """Give the full id of the commit that `ref` names; empty where something is wrong, for others to say."""
    if ref.startswith("-"):
        return ""
    forget_callers()
    command = ("git", "-C", str(source), "rev-parse", "--is-shallow-repository", f"{ref}^{{commit}}", "--")
    try:
        done = subprocess.run(command, capture_output=True, env={**os.environ, **PINNED}, check=False)
    except OSError:
        return ""
    shallow, _, name = done.stdout.decode("ascii", "replace").removesuffix("\n--\n").partition("\n")
    whole = done.returncode == 0 and shallow == "false" and name.isalnum()  # a range gives two lines
    return name if whole else ""
