"""Every benchmark there is: what is timed against what, and the ratio that is the goal."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from bench import floors, peers, redlines
from bench.ground import HOUSE, Ground
from bench.paired import CannotRunError, Command, environment, peak, ratios, run, seconds
from changelog.history import read_revisions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

Found: TypeAlias = "tuple[float, ...] | str"  # the values of the rounds, or why there are none


@dataclass(frozen=True)
class Row:
    """One line of the table: our work, what it is held against, the goal (at most), and its unit."""

    work: str
    against: str
    goal: float
    unit: str = "×"


@dataclass(frozen=True)
class Contest:
    """Rows that are measured together; `commands` are those to repeat by hand, ours first."""

    name: str
    rows: tuple[Row, ...]
    measure: Callable[[], Sequence[Found]]
    commands: tuple[Command, ...] = ()


Peer: TypeAlias = tuple[str, float, Command]  # its name, the goal, what it runs


def _paired(name: str, work: str, ours: Command, others: Sequence[Peer], rounds: int) -> Contest:
    rows = tuple(Row(work, against, goal) for against, goal, _ in others)
    commands = [command for _, _, command in others]
    return Contest(name, rows, partial(ratios, ours, commands, rounds), (ours, *commands))


def contests(ground: Ground) -> tuple[Contest, ...]:
    """Give every benchmark of a size, in the order of the table."""
    return (
        *_builds(ground),
        *_growth(ground),
        _reading(ground.repository, "whole", ground.versions, 4.5),
        _reading(ground.long, "main", ground.commits, 1.6),
        *_comparing(ground),
        _start(),
        _mail(ground),
    )


def _start() -> Contest:
    ours = Command((sys.executable, str(HOUSE / "build.py"), "--help"))
    return _paired("help", "`--help`", ours, [("`python -c pass`", 5, floors.start())], 10)


def _builds(ground: Ground) -> tuple[Contest, ...]:
    count = f"{ground.versions:,} versions"
    current, archive = ground.current, ground.archive
    edited, one_more = peers.edited(current), peers.one_more(archive)
    return (
        _paired("still", "build, nothing changed", ground.build("kept-whole"), [
            ("Hugo, the current site", 0.5, peers.hugo(current)),
            ("`python -c pass`", 5, floors.start()),
        ], 10),
        _paired("edited", f"build after one edited section, {count} kept", ground.one_more(), [
            ("Hugo, with the archive", 0.08, peers.hugo(archive, *one_more)),
            ("Hugo, the current site", 4, peers.hugo(current, *edited)),
            ("MkDocs `--dirty`, the current site", 1.2, peers.mkdocs(current, *edited)),
            ("Pelican, the current site", 1.2, peers.pelican(current, *edited)),
        ], 5),
        _paired("clean", f"build of {count}, clean", ground.clean(), [
            ("Hugo, with the archive", 0.35, peers.hugo(archive, *peers.clean(archive, "hugo"))),
            ("Eleventy, with the archive", 0.2, peers.eleventy(archive, *peers.clean(archive, "eleventy"))),
            (
                "`git log`, `cat-file`, `cp -r`", 6,
                floors.read_and_copy(ground.repository, "whole", ground.out("clean-whole")),
            ),
            ("a quarter of the versions", 4, ground.clean("quarter")),
        ], 3),
        Contest(
            "frugal",
            (
                Row(f"build of {count}, clean: most memory of a process", "–", 200, " MiB"),
                Row(f"build of {count}, clean: git processes", "–", 10, ""),
            ),
            partial(_frugal, ground),
            (ground.clean(),),
        ),
    )  # fmt: skip


def _frugal(ground: Ground) -> list[Found]:
    return [(peak(ground.clean()),), (_git_processes(ground),)]


def _git_processes(ground: Ground) -> int:
    """Count by a git on the PATH that makes a note of each call."""
    folder = ground.folder / "counting"
    calls = folder / "calls"
    folder.mkdir(exist_ok=True)
    (folder / "git").write_text(f'#!/bin/sh\necho >>{calls}\nexec {shutil.which("git")} "$@"\n')
    (folder / "git").chmod(0o755)
    calls.write_text("")
    command = ground.clean()
    run(command.prepare)
    run(command.line, {**environment(), "PATH": f"{folder}:{environment()['PATH']}"})
    return len(calls.read_text().splitlines())


def _growth(ground: Ground) -> tuple[Contest, ...]:
    ours = ground.one_more()
    quarter = f"the same at {ground.versions // 4:,}"
    return (
        _paired("growth", f"build of one version more at {ground.versions:,}", ours, [
            (quarter, 2.5, ground.one_more("quarter")),
            ("the clean build", 0.25, ground.clean()),
        ], 3),
    )  # fmt: skip


def _reading(repository: Path, ref: str, count: int, goal: float) -> Contest:
    script = (
        f"import sys; sys.path.insert(0, {str(HOUSE)!r})\n"
        "from collections import deque; from pathlib import Path\n"
        "from changelog.history import revisions\n"
        f"deque(revisions(Path({str(repository)!r}), {ref!r}), maxlen=0)"
    )
    ours = Command((sys.executable, "-c", script))
    other = ("`git log`, `cat-file`", goal, floors.read(repository, ref))
    return _paired(f"reading-{count}", f"reading a history of {count:,}", ours, [other], 5)


def _comparing(ground: Ground) -> tuple[Contest, ...]:
    repository, count = ground.repository, f"{ground.versions:,} versions"
    ours = Command((
        "env", "-C", str(HOUSE), sys.executable, "-m", "bench.redlines", str(repository), "whole",
    ))  # fmt: skip
    peer = ("`git log -p --word-diff`", 2.5, floors.word_diff(repository, "whole"))
    texts = {
        "words shuffled": redlines.shuffled,
        "two unrelated texts": redlines.unrelated,
        "paragraphs in another order": redlines.reordered,
    }
    rows = tuple(
        Row(f"words marked: {name}", "the fewest there could be", 1.05)
        for name in (f"a history of {count}", *(f"{text}, {redlines.WORDS:,} words" for text in texts))
    )

    def measure() -> list[Found]:
        past = read_revisions(repository, "whole")
        return [(redlines.excess(past),), *((redlines.excess(text()),) for text in texts.values())]

    alone = Row(f"all redlines of {count}, reading left out", *peer[:2])
    return (
        _paired("redlines", f"reading and all redlines of {count}", ours, [peer], 3),
        Contest("comparing", (alone,), partial(_comparing_alone, ours, peer[2]), (ours, peer[2])),
        Contest("marked", rows, measure),
    )


def _comparing_alone(ours: Command, theirs: Command) -> list[Found]:
    """Hold the seconds that ours tells of its comparing against the whole of theirs."""
    return [tuple(float(run(ours.line)) / seconds(theirs) for _ in range(3))]


_MAIL = (
    (Row("mail, loopback: time", "smtplib", 1), "time_over_smtplib", 0),
    (Row("mail, loopback: time", "aiosmtplib", 0.6), "time_over_aiosmtplib", 0),
    (Row("mail, round trip of 10 ms: time", "smtplib", 0.4), "time_over_smtplib", 10),
    (Row("mail: `plan` of a million addressees, memory", "–", 250, " MiB"), "plan_mib", None),
)


def _mail(ground: Ground) -> Contest:
    quick = ("--quick",) if ground.size == "small" else ()
    command = Command(("env", "-C", str(HOUSE), sys.executable, "-m", "bench.mail", *quick))

    def measure() -> list[Found]:
        try:
            lines = [json.loads(line) for line in run(command.line).splitlines()]
        except CannotRunError as error:
            return [str(error)] * len(_MAIL)
        return [_figure(lines, key, delay) for _, key, delay in _MAIL]

    return Contest("mail", tuple(row for row, _, _ in _MAIL), measure, (command,))


def _figure(lines: Sequence[dict[str, float]], key: str, delay: float | None) -> Found:
    for line in lines:
        if key in line and line.get("round_trip_ms") == delay:
            return (float(line[key]),)
    return f"bench.mail gives no {key}"
