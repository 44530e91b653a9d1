"""Trials: an honest site, what a reader saved of it, and what its publisher does afterwards."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING

from common.errors import InputError
from tests.helpers.in_process import build
from tests.record.appended_entries import APPENDED_ENTRIES
from tests.record.forged_data import DATA_FORGERIES
from tests.record.forged_pages import PAGE_FORGERIES
from tests.record.histories import REMOVED_NAME, REPLACEMENTS, HistoryGenerator
from tests.record.readers import Verdict, Witness, read_entries, read_view, save_witness, verify
from tests.record.repositories import REDACTIONS, list_commit_ids, write_repository
from tests.record.rewritten_histories import REWRITES
from tests.record.site_copies import Site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from random import Random

    from tests.record.histories import Commit, Files

    TryOne = Callable[["Base", str, Path, Random], "Trial | None"]

_MOST_COMMITS = 10
_TRIALS_OF_ONE_BASE = 8
HONEST = (
    "honest: more commits",
    "honest: later",
    "honest: another address",
    "honest: words removed from Git",
)
FORGERIES = {**PAGE_FORGERIES, **DATA_FORGERIES, **APPENDED_ENTRIES}


@dataclass(frozen=True)
class Base:
    """A history, the commit on whose day a reader saved something, and the site of the whole history."""

    folder: Path
    commits: list[Commit]
    last: int
    witness: Witness
    site: Path


@dataclass(frozen=True)
class Trial:
    """What a publisher did, whether readers must be told, and what they were told."""

    name: str
    must_be_found: bool
    verdict: Verdict
    witness: Witness

    @property
    def is_right(self) -> bool:
        return self.verdict.code == (1 if self.must_be_found else 0)


def build_history(commits: list[Commit], folder: Path, **options: str) -> Path:
    """Build the site of a history on the day of its last commit; return its output."""
    write_repository(commits, folder / "source")
    today = str(max(commit.day for commit in commits))
    build(folder / "source", folder / "out", use_cache=False, **{"today": today, **options})
    return folder / "out"


def create_base(folder: Path, random: Random) -> Base:
    """Create an honest history that goes on, or not, after a reader saved something."""
    for number in count():
        place = folder / str(number)
        commits = HistoryGenerator(random).run(random.randint(4, _MOST_COMMITS))
        last = random.choice([len(commits) - 1, random.randint(1, len(commits) - 1)])
        try:
            return build_base(commits, last, place, random)
        except InputError:  # such as a withdrawal of what cannot be withdrawn any more
            shutil.rmtree(place)
    raise AssertionError


def build_base(commits: list[Commit], last: int, folder: Path, random: Random, choice: str = "") -> Base:
    """Build the site of a history, and of its commits up to `last`, on whose day a reader saved something."""
    early = build_history(commits[: last + 1], folder / "early")
    site = build_history(commits, folder / "honest") / "site"
    witness = save_witness(early, folder, random, choice)
    last = list_commit_ids(early.parent / "source").index(witness.commit)
    return Base(folder, commits, last, witness, site)


def is_same_record(base: Base, site: Path) -> bool:
    """Whether readers see the same up to what was saved, and the log has the same entries up to there."""
    end = base.witness.count
    entries, altered = read_entries(base.site), read_entries(site)
    return entries[:end] == altered[:end] and read_view(base.site, end) == read_view(site, end)


def rewrite_history(base: Base, name: str, folder: Path, random: Random) -> Trial | None:
    """Rewrite the history and build the site anew; nothing if it cannot be altered or built so."""
    commits = REWRITES[name](random, base.commits, base.last)
    if commits is None or commits == base.commits:
        return None
    try:
        site = build_history(commits, folder) / "site"
        same = is_same_record(base, site)
        return Trial(name, not same, verify(site, base.witness), base.witness)
    except InputError:
        return None
    finally:
        shutil.rmtree(folder)


def forge_site(base: Base, name: str, folder: Path, random: Random) -> Trial | None:
    """Edit the published files; nothing if the site has nothing of that kind."""
    shutil.copytree(base.site, folder)
    try:
        if not FORGERIES[name](Site(folder, base.witness.count, random)):
            return None
        return Trial(name, must_be_found=True, verdict=verify(folder, base.witness), witness=base.witness)
    finally:
        shutil.rmtree(folder)


def run_trials(
    try_one: TryOne, names: Iterable[str], folder: Path, random: Random, wanted: int
) -> Iterator[Trial]:
    """Yield trials of as many alterations, a few of them of each honest site."""
    waiting: list[str] = []
    done = 0
    while done < wanted:
        place = folder / f"base-{done}"
        base = create_base(place, random)
        for _ in range(_TRIALS_OF_ONE_BASE):
            # Each kind once before any comes again.
            waiting = waiting or random.sample(sorted(names), len(list(names)))
            if done < wanted and (trial := try_one(base, waiting.pop(), place / "altered", random)):
                yield trial
                done += 1
        shutil.rmtree(place)


def continue_honestly(base: Base, name: str, folder: Path, random: Random) -> Trial:
    """Verify the site after its publisher did what a publisher may do."""
    del random
    commits, options = base.commits, {}
    match name:
        case "honest: later":
            options = {"today": str(commits[-1].day + timedelta(days=300))}
        case "honest: another address":
            options = {"base_url": "https://www.example.com/"}
        case "honest: words removed from Git":
            # The rows stay as `build.py redact` wrote them, for the words that are no longer there.
            written = write_repository(commits, folder / "before")
            if REDACTIONS in written[-1].files:
                commits = [replace(commit, files=_purge(commit.files)) for commit in written]
    site = base.site if name == "honest: more commits" else build_history(commits, folder, **options) / "site"
    verdict = verify(site, base.witness)
    shutil.rmtree(folder, ignore_errors=True)
    return Trial(name, must_be_found=False, verdict=verdict, witness=base.witness)


def _purge(files: Files) -> Files:
    return {
        path: text.replace(REMOVED_NAME, REPLACEMENTS.get(path[:2], REMOVED_NAME))
        for path, text in files.items()
    }
