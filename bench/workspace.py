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
from bench.timing import Command, run

PROJECT = Path(__file__).resolve().parents[1]
SIZES = {
    "small": (50, 500),
    "medium": (1_000, 10_000),
}  # versions to build; commits of the history that is only read
EVERYDAY_VERSIONS = 20
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

    @property
    def large_repository(self) -> Path:
        """The history with more words and fewer notes."""
        return self.folder / f"history-large-{self.versions}"

    @property
    def large_archive_site(self) -> Path:
        """The peers' Markdown of every version of that history."""
        return self.folder / f"archive-large-{self.versions}"

    @property
    def everyday_repository(self) -> Path:
        """A history as long as that of a real policy."""
        return self.folder / f"history-{EVERYDAY_VERSIONS}"

    @property
    def own_clone(self) -> Path:
        """A clone of the repository that this file is in."""
        return self.folder / "own-clone"

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

    def prepare_large_history(self) -> None:
        """Create the history with more words, and the peers' pages of it."""
        shape = history.LARGE
        _create_once(
            self.large_repository, lambda new: history.create_repository(new, self.versions, shape=shape)
        )
        _create_once(
            self.large_archive_site,
            lambda new: peers.write_peer_site(new, peers.list_archive_pages(self.versions, shape)),
        )

    def prepare_everyday_history(self) -> None:
        """Create the history of a few versions."""
        _create_once(self.everyday_repository, lambda new: history.create_repository(new, EVERYDAY_VERSIONS))

    def prepare_own_clone(self) -> None:
        """Clone the repository that this file is in, at its last commit; CannotRunError if it is none."""
        shutil.rmtree(self.own_clone, ignore_errors=True)
        run(["git", "clone", "--quiet", str(PROJECT), str(self.own_clone)])

    def build_command(self, out: str, ref: str = "whole", *prepare: str) -> Command:
        """Return the command that builds a ref into an output folder, always for the same day."""
        return self._build_command(self.repository, out, ref, *prepare)

    def _build_command(self, repository: Path, out: str, ref: str, *prepare: str) -> Command:
        paths = ("--source", str(repository), "--out", str(self.output_folder(out)), "--ref", ref)
        line = (sys.executable, str(PROJECT / "build.py"), "build", *paths, "--today", "2060-01-01")
        return Command(line, prepare)

    def _clean_build_command(self, repository: Path, name: str, ref: str) -> Command:
        return self._build_command(repository, name, ref, "rm", "-rf", str(self.output_folder(name)))

    def clean_build_command(self, ref: str = "whole") -> Command:
        """Return the command that builds into a folder that does not exist."""
        return self._clean_build_command(self.repository, f"clean-{ref}", ref)

    def large_build_command(self) -> Command:
        """Return the command of a clean build of the history with more words."""
        return self._clean_build_command(self.large_repository, "clean-large", "main")

    def everyday_build_command(self) -> Command:
        """Return the command of a clean build of a few versions."""
        return self._clean_build_command(self.everyday_repository, "clean-everyday", "main")

    def own_build_command(self) -> Command:
        """Return the command of a clean build of this repository's own policy."""
        return self._clean_build_command(self.own_clone, "clean-own", "HEAD")

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
