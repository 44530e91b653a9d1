"""The folder `.bench/` of the benchmarks: repositories of known length, peer sites, output folders."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench import history, peers
from bench.timing import Command

PROJECT = Path(__file__).resolve().parents[1]
SIZES = {
    "small": (50, 500),
    "medium": (1_000, 10_000),
}  # versions to build; commits of the history that is only read
EXTRA_COMMITS = 40  # commits after the last version: each run of an incremental build takes the next
_MOVING_BRANCHES = {"whole": "one-more", "quarter": "one-more-at-a-quarter"}


@dataclass(frozen=True)
class Workspace:
    """The folders of one size. Creating a workspace touches nothing on the disk; `prepare` does."""

    size: str
    folder: Path = PROJECT / ".bench"

    @property
    def versions(self) -> int:
        return SIZES[self.size][0]

    @property
    def commits(self) -> int:
        """Number of commits of the history that is only read."""
        return SIZES[self.size][1]

    @property
    def repository(self) -> Path:
        return self.folder / f"history-{self.versions}"

    @property
    def long_history(self) -> Path:
        return self.folder / f"history-{self.commits}"

    @property
    def current_site(self) -> Path:
        """The peers' Markdown of the current policy."""
        return self.folder / f"current-{self.versions}"

    @property
    def archive_site(self) -> Path:
        """The peers' Markdown of every version."""
        return self.folder / f"archive-{self.versions}"

    def output_folder(self, name: str) -> Path:
        return self.folder / f"out-{self.versions}-{name}"

    def prepare(self) -> None:
        """Create what is missing, and reset the branches that the builds follow to where they start."""
        _create_once(
            self.repository, lambda new: history.create_repository(new, self.versions + EXTRA_COMMITS)
        )
        _create_once(
            self.current_site, lambda new: peers.write_peer_site(new, peers.list_current_pages(self.versions))
        )
        _create_once(
            self.archive_site, lambda new: peers.write_peer_site(new, peers.list_archive_pages(self.versions))
        )
        line = _run_git(self.repository, "rev-list", "--first-parent", "--reverse", "main").split()
        starts = {"whole": line[self.versions - 1], "quarter": line[self.versions // 4 - 1]}
        for name, commit in starts.items():
            for branch in (name, _MOVING_BRANCHES[name]):
                _run_git(self.repository, "update-ref", f"refs/heads/{branch}", commit)

    def prepare_long_history(self) -> None:
        """Create the history that is only read."""
        _create_once(self.long_history, lambda new: history.create_repository(new, self.commits))

    def build_command(self, out: str, ref: str = "whole", *prepare: str) -> Command:
        """Return the command that builds a ref into an output folder, always for the same day."""
        paths = ("--source", str(self.repository), "--out", str(self.output_folder(out)), "--ref", ref)
        line = (sys.executable, str(PROJECT / "build.py"), "build", *paths, "--today", "2060-01-01")
        return Command(line, prepare)

    def clean_build_command(self, ref: str = "whole") -> Command:
        """Return the command that builds into a folder that does not exist."""
        name = f"clean-{ref}"
        return self.build_command(name, ref, "rm", "-rf", str(self.output_folder(name)))

    def incremental_build_command(self, start: str = "whole") -> Command:
        """Return the command that builds one more commit on top of an earlier build."""
        branch = _MOVING_BRANCHES[start]
        following = f"git rev-list --first-parent --reverse {branch}..main | sed -n 1p"
        ahead = f"cd {shlex.quote(str(self.repository))} && git update-ref refs/heads/{branch} $({following})"
        return self.build_command(f"kept-{start}", branch, "sh", "-c", ahead)


def _create_once(folder: Path, make: Callable[[Path], None]) -> None:
    """Create a folder unless it exists. It gets its name when it is complete, so a killed run leaves none."""
    if not folder.exists():
        new = folder.with_name(f"{folder.name}.new")
        shutil.rmtree(new, ignore_errors=True)
        make(new)
        new.rename(folder)


def _run_git(repository: Path, *words: str) -> str:
    return subprocess.run(
        ["git", "-C", repository, *words], check=True, capture_output=True, text=True
    ).stdout
