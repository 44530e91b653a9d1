"""Which version of this tool is running, and where others get it: what a new repository is pinned to."""

from __future__ import annotations

from typing import NamedTuple

from adoption.new_policy.git import start_git
from generator.build_options import PROJECT


class Tool(NamedTuple):
    """The commit of the tool, the tag of its release, the address of its repository; empty if unknown."""

    commit: str = ""
    tag: str = ""
    address: str = ""


def read_tool() -> Tool:
    """Return what Git knows of the folder of the tool, which may be a copy without a repository."""
    if not (PROJECT / ".git").exists():
        return Tool()
    address = _ask_git("remote", "get-url", "origin")
    return Tool(
        _ask_git("rev-parse", "HEAD"),
        _ask_git("describe", "--tags", "--exact-match"),
        # A path, or an address with a user, means something on this machine only.
        address if address.startswith("https://") and "@" not in address else "",
    )


def _ask_git(*arguments: str) -> str:
    """Return what Git prints; nothing if it cannot answer."""
    done = start_git(PROJECT, *arguments)
    return done.stdout.strip() if done.returncode == 0 else ""
