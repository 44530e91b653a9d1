"""The environment of tests and of every process they start, the same on every machine and for every user."""

from __future__ import annotations

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]

# For Git: no system or user configuration, a fixed identity and a fixed day.
GIT_ENVIRONMENT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Editor",
    "GIT_AUTHOR_EMAIL": "editor@example.no",
    "GIT_AUTHOR_DATE": "2026-05-01T12:00:00Z",
    "GIT_COMMITTER_NAME": "Editor",
    "GIT_COMMITTER_EMAIL": "editor@example.no",
    "GIT_COMMITTER_DATE": "2026-05-01T12:00:00Z",
}
# Set by a hook, a CI server, `make`, a locale, a proxy or a shell profile, these would change results.
_PREFIXES = ("CLICOLOR", "GIT_", "GITHUB_", "KLARTEKST_", "LC_", "MAKE", "RUNNER_", "XDG_")
_NAMES = {
    *("COLUMNS", "EDITOR", "FORCE_COLOR", "GNUMAKEFLAGS", "LANGUAGE", "LINES", "MFLAGS", "NO_COLOR", "PAGER"),
    # Without bytecode every process would compile the whole program first.
    *("PY_COLORS", "PYTHONDONTWRITEBYTECODE", "TZ", "VISUAL"),
}


def neutral_environment(**more: str) -> dict[str, str]:
    """Return this process's environment without the user's settings, plus `more`."""
    neutral = {name: value for name, value in os.environ.items() if not _is_setting(name)}
    return {**neutral, "LANG": "C.UTF-8", **more}


def create_home(folder: Path) -> Path:
    """Create a home folder whose Git configuration trusts this checkout."""
    folder.mkdir(parents=True, exist_ok=True)
    # In a container the checkout often belongs to another user, whose repository Git would refuse.
    (folder / ".gitconfig").write_text(f"[safe]\n\tdirectory = {REPOSITORY}\n")
    return folder


def _is_setting(name: str) -> bool:
    return name.startswith(_PREFIXES) or name in _NAMES or name.lower().endswith("_proxy")
