"""The environment of tests and of every process they start: the same on every machine, for every user."""

from __future__ import annotations

import os
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2]

# For git: no configuration of the system or the user, an identity and a day of our own.
GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Editor",
    "GIT_AUTHOR_EMAIL": "editor@example.no",
    "GIT_AUTHOR_DATE": "2026-05-01T12:00:00Z",
    "GIT_COMMITTER_NAME": "Editor",
    "GIT_COMMITTER_EMAIL": "editor@example.no",
    "GIT_COMMITTER_DATE": "2026-05-01T12:00:00Z",
}
# What a hook, a locale, a proxy or a shell profile may have set, and would change results.
_PREFIXES = ("GIT_", "KLARTEKST_", "LC_", "XDG_")
_NAMES = {"COLUMNS", "EDITOR", "FORCE_COLOR", "LANGUAGE", "LINES", "NO_COLOR", "PAGER", "TZ", "VISUAL"}


def environment(**more: str) -> dict[str, str]:
    """Return the environment for a child process: our own without the user's settings, plus `more`."""
    neutral = {name: value for name, value in os.environ.items() if not _is_setting(name)}
    return {**neutral, "LANG": "C.UTF-8", **more}


def make_home(folder: Path) -> Path:
    """Make a home folder for Git: the program under test looks there for whose repositories it may trust."""
    folder.mkdir(parents=True, exist_ok=True)
    # This checkout may belong to somebody else: a container often mounts it so.
    (folder / ".gitconfig").write_text(f"[safe]\n\tdirectory = {HOUSE}\n")
    return folder


def _is_setting(name: str) -> bool:
    return name.startswith(_PREFIXES) or name in _NAMES or name.lower().endswith("_proxy")
