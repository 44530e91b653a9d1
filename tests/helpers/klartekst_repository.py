"""The repository of Klartekst as its users clone it, with the tags of two releases."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

from tests.helpers.cli import run_command
from tests.helpers.environment import REPOSITORY
from tests.helpers.policy_repository import PARTS

if TYPE_CHECKING:
    from pathlib import Path

_IGNORED = shutil.ignore_patterns("__pycache__", "*.db")
# `make setup-site` downloads nothing but starts the Python of the tests; a preview takes any free port.
_MAKE = """#!/bin/sh
case "$*" in
  *setup | *setup-site)
    mkdir -p .venv/bin
    cat >.venv/bin/python <<'END'
#!/bin/sh
case "${{1##*/}}:${{2:-}}" in build.py:serve) set -- "$@" --port 0 ;; esac
exec "{python}" "$@"
END
    chmod +x .venv/bin/python
    touch .venv/.ready ;;
  *) exec {make} "$@" ;;
esac
"""


def create_klartekst_remote(folder: Path) -> Path:
    """Create a bare repository with the files of this one that its users need."""
    source = folder / "klartekst-source"
    for part in (*PARTS, "hooks", "schemas", ".github", ".vscode"):
        place = REPOSITORY / part
        (source / part).parent.mkdir(parents=True, exist_ok=True)
        if place.is_dir():
            shutil.copytree(place, source / part, ignore=_IGNORED)
        else:
            shutil.copy2(place, source / part)
    run_command(source, "git", "init", "--quiet", "--initial-branch", "main", ".")
    run_command(source, "git", "add", "--all")
    run_command(source, "git", "commit", "--quiet", "--message", "Release")
    for tag in ("v0.1.0", "v0.2.0"):
        run_command(source, "git", "tag", tag)
    run_command(folder, "git", "clone", "--quiet", "--bare", source, "klartekst.git")
    return folder / "klartekst.git"


def write_make(folder: Path) -> None:
    """Write a `make` that sets nothing up from the network."""
    folder.mkdir(parents=True, exist_ok=True)
    script = _MAKE.format(python=sys.executable, make=shutil.which("make"))
    (folder / "make").write_text(script)
    (folder / "make").chmod(0o755)
