"""Git for a new repository: started with the configuration of its user."""

from __future__ import annotations

import subprocess
from pathlib import Path

from changelog.git_process import create_editing_environment
from common.errors import InputError
from common.messages import Message


def start_git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a git command in a folder, and return what it printed; raise InputError if there is no git."""
    command = ["git", "-C", str(folder), *arguments]
    environment = create_editing_environment()
    try:
        return subprocess.run(
            command, capture_output=True, text=True, errors="replace", check=False, env=environment
        )
    except OSError:
        raise InputError(Message("git is not installed; install it, and try again")) from None
