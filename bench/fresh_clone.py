"""What a fresh clone installs until it has built its site, as CI does each time, and how long that takes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from bench.timing import Command, Figure, Measurement, measure_usage, run
from bench.workspace import PROJECT

# What `make bench` hands down to every `make` below it would change what that one does.
_WITHOUT_OURS = ("env", "-u", "MAKEFLAGS", "-u", "MAKELEVEL", "-u", "KLARTEKST_SOURCE", "-u", "VIRTUAL_ENV")


def site_command(folder: Path) -> Command:
    """Return the command that builds the site of a clone, which installs what it needs for that."""
    return Command((*_WITHOUT_OURS, "make", "--silent", "-C", str(folder), "site"))


def measure_fresh_clone(folder: Path) -> Sequence[Measurement]:
    """Clone this repository and build its site there; return megabytes installed, and seconds.

    Raises CannotRunError if a command fails, for example because the package index cannot be reached.
    """
    shutil.rmtree(folder, ignore_errors=True)
    run(["git", "clone", "--quiet", str(PROJECT), str(folder)])
    before = measure_bytes(folder)
    usage = measure_usage(site_command(folder))
    shutil.rmtree(folder / "out")
    installed = measure_bytes(folder) - before
    return [(Figure(installed / 1e6),), (Figure(usage.wall, usage.cpu),)]


def measure_bytes(folder: Path, *, follow_links: bool = False) -> int:
    """Return the bytes of all files below a folder."""
    return sum(
        path.stat().st_size
        for parent, _, names in os.walk(folder, followlinks=follow_links)
        for path in (Path(parent, name) for name in names)
        if follow_links or not path.is_symlink()
    )
