"""What benchmarks stand on: a repository of a known length, and where everything else lies, in `.bench/`."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench import history, peers
from bench.paired import Command

if TYPE_CHECKING:
    from collections.abc import Callable

HOUSE = Path(__file__).resolve().parents[1]
SIZES = {"small": (50, 500), "medium": (1_000, 10_000)}  # versions to build; commits that are only read
MORE = 40  # commits beyond the last version: a run that adds one takes the next of them
_STEPS = {"whole": "one-more", "quarter": "one-more-at-a-quarter"}


@dataclass(frozen=True)
class Ground:
    """A size and its folders; making one touches nothing, `lay` does."""

    size: str
    folder: Path = HOUSE / ".bench"

    @property
    def versions(self) -> int:
        return SIZES[self.size][0]

    @property
    def commits(self) -> int:
        """How many commits the history has that is only read."""
        return SIZES[self.size][1]

    @property
    def repository(self) -> Path:
        return self.folder / f"history-{self.versions}"

    @property
    def long(self) -> Path:
        return self.folder / f"history-{self.commits}"

    @property
    def current(self) -> Path:
        """The peers' Markdown of the policy as it is."""
        return self.folder / f"current-{self.versions}"

    @property
    def archive(self) -> Path:
        """The peers' Markdown of every version."""
        return self.folder / f"archive-{self.versions}"

    def out(self, name: str) -> Path:
        return self.folder / f"out-{self.versions}-{name}"

    def lay(self) -> None:
        """Make what is missing, once, and put the branches that the builds follow at their starts."""
        _once(self.repository, lambda new: history.make(new, self.versions + MORE))
        _once(self.current, lambda new: peers.lay(new, peers.current(self.versions)))
        _once(self.archive, lambda new: peers.lay(new, peers.archive(self.versions)))
        line = _git(self.repository, "rev-list", "--first-parent", "--reverse", "main").split()
        starts = {"whole": line[self.versions - 1], "quarter": line[self.versions // 4 - 1]}
        for name, commit in starts.items():
            for branch in (name, _STEPS[name]):
                _git(self.repository, "update-ref", f"refs/heads/{branch}", commit)

    def lay_long(self) -> None:
        """Make the history that is only read."""
        _once(self.long, lambda new: history.make(new, self.commits))

    def build(self, out: str, ref: str = "whole", *prepare: str) -> Command:
        """Build into a folder by the front door, on a day that never changes."""
        where = ("--source", str(self.repository), "--out", str(self.out(out)), "--ref", ref)
        line = (sys.executable, str(HOUSE / "build.py"), "build", *where, "--today", "2060-01-01")
        return Command(line, prepare)

    def clean(self, ref: str = "whole") -> Command:
        """Build into a folder that does not exist."""
        name = f"clean-{ref}"
        return self.build(name, ref, "rm", "-rf", str(self.out(name)))

    def one_more(self, start: str = "whole") -> Command:
        """Build after one more edited section, where everything before it stands already."""
        branch = _STEPS[start]
        following = f"git rev-list --first-parent --reverse {branch}..main | sed -n 1p"
        ahead = f"cd {shlex.quote(str(self.repository))} && git update-ref refs/heads/{branch} $({following})"
        return self.build(f"kept-{start}", branch, "sh", "-c", ahead)


def _once(folder: Path, make: Callable[[Path], None]) -> None:
    """Make a folder where there is none; one that was stopped half-way is made anew."""
    if not folder.exists():
        new = folder.with_name(f"{folder.name}.new")
        shutil.rmtree(new, ignore_errors=True)
        make(new)
        new.rename(folder)


def _git(repository: Path, *words: str) -> str:
    return subprocess.run(
        ["git", "-C", repository, *words], check=True, capture_output=True, text=True
    ).stdout
