"""Every benchmark: what is timed against what, and which ratio is the goal."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

from bench import baselines, peers, redlines
from bench.timing import (
    CannotRunError,
    Command,
    clean_environment,
    measure_peak_memory,
    measure_ratios,
    measure_seconds,
    run,
)
from bench.workspace import PROJECT, Workspace
from changelog.history import read_revisions

Measurement: TypeAlias = "tuple[float, ...] | str"  # the value of each round, or why there is none


@dataclass(frozen=True)
class TableRow:
    """One line of the table: our work, what it is compared with, the goal (an upper bound) and its unit."""

    work: str
    against: str
    goal: float
    unit: str = "×"


@dataclass(frozen=True)
class Benchmark:
    """Rows that are measured together; `commands` repeat them by hand, ours first."""

    name: str
    rows: tuple[TableRow, ...]
    measure: Callable[[], Sequence[Measurement]]
    commands: tuple[Command, ...] = ()


Peer: TypeAlias = tuple[str, float, Command]  # name, goal, command


def _compare_in_turn(name: str, work: str, ours: Command, others: Sequence[Peer], rounds: int) -> Benchmark:
    rows = tuple(TableRow(work, against, goal) for against, goal, _ in others)
    commands = [command for _, _, command in others]
    return Benchmark(name, rows, partial(measure_ratios, ours, commands, rounds), (ours, *commands))


def list_benchmarks(workspace: Workspace) -> tuple[Benchmark, ...]:
    """Return every benchmark of a size, in the order of the table."""
    return (
        *_list_build_benchmarks(workspace),
        *_list_growth_benchmarks(workspace),
        _reading_benchmark(workspace.repository, "whole", workspace.versions, 4.5),
        _reading_benchmark(workspace.long_history, "main", workspace.commits, 1.6),
        *_list_redline_benchmarks(workspace),
        _help_benchmark(),
        _mail_benchmark(workspace),
    )


def _help_benchmark() -> Benchmark:
    ours = Command((sys.executable, str(PROJECT / "build.py"), "--help"))
    return _compare_in_turn("help", "`--help`", ours, [("`python -c pass`", 5, baselines.start_python())], 10)


def _list_build_benchmarks(workspace: Workspace) -> tuple[Benchmark, ...]:
    return (
        _unchanged_build_benchmark(workspace),
        _incremental_build_benchmark(workspace),
        _clean_build_benchmark(workspace),
        _resources_benchmark(workspace),
    )


def _unchanged_build_benchmark(workspace: Workspace) -> Benchmark:
    ours = workspace.build_command("kept-whole")
    others: list[Peer] = [
        ("Hugo, the current site", 0.5, peers.hugo_command(workspace.current_site)),
        ("`python -c pass`", 5, baselines.start_python()),
    ]
    return _compare_in_turn("unchanged", "build, nothing changed", ours, others, 10)


def _incremental_build_benchmark(workspace: Workspace) -> Benchmark:
    current, archive = workspace.current_site, workspace.archive_site
    edit, add_version = peers.edit_command(current), peers.add_version_command(archive)
    work = f"build after one edited section, {workspace.versions:,} versions kept"
    others: list[Peer] = [
        ("Hugo, with the archive", 0.08, peers.hugo_command(archive, *add_version)),
        ("Hugo, the current site", 4, peers.hugo_command(current, *edit)),
        ("MkDocs `--dirty`, the current site", 1.2, peers.mkdocs_command(current, *edit)),
        ("Pelican, the current site", 1.2, peers.pelican_command(current, *edit)),
    ]
    return _compare_in_turn("edited", work, workspace.incremental_build_command(), others, 5)


def _clean_build_benchmark(workspace: Workspace) -> Benchmark:
    archive, out = workspace.archive_site, workspace.output_folder("clean-whole")
    hugo = peers.hugo_command(archive, *peers.clean_command(archive, "hugo"))
    eleventy = peers.eleventy_command(archive, *peers.clean_command(archive, "eleventy"))
    plain_tools = baselines.read_history_and_copy_site(workspace.repository, "whole", out)
    work = f"build of {workspace.versions:,} versions, clean"
    others: list[Peer] = [
        ("Hugo, with the archive", 0.35, hugo),
        ("Eleventy, with the archive", 0.2, eleventy),
        ("`git log`, `cat-file`, `cp -r`", 6, plain_tools),
        ("a quarter of the versions", 4, workspace.clean_build_command("quarter")),
    ]
    return _compare_in_turn("clean", work, workspace.clean_build_command(), others, 3)


def _resources_benchmark(workspace: Workspace) -> Benchmark:
    work = f"build of {workspace.versions:,} versions, clean"
    rows = (
        TableRow(f"{work}: most memory of a process", "–", 200, " MiB"),
        TableRow(f"{work}: git processes", "–", 10, ""),
    )
    measure = partial(_measure_resources, workspace)
    return Benchmark("resources", rows, measure, (workspace.clean_build_command(),))


def _measure_resources(workspace: Workspace) -> list[Measurement]:
    return [(measure_peak_memory(workspace.clean_build_command()),), (_count_git_processes(workspace),)]


def _count_git_processes(workspace: Workspace) -> int:
    """Count the Git processes of a clean build, by a `git` on the PATH that logs each call."""
    folder = workspace.folder / "counting"
    calls = folder / "calls"
    folder.mkdir(exist_ok=True)
    (folder / "git").write_text(f'#!/bin/sh\necho >>{calls}\nexec {shutil.which("git")} "$@"\n')
    (folder / "git").chmod(0o755)
    calls.write_text("")
    command = workspace.clean_build_command()
    run(command.prepare)
    run(command.line, {**clean_environment(), "PATH": f"{folder}:{clean_environment()['PATH']}"})
    return len(calls.read_text().splitlines())


def _list_growth_benchmarks(workspace: Workspace) -> tuple[Benchmark, ...]:
    ours = workspace.incremental_build_command()
    quarter = f"the same at {workspace.versions // 4:,}"
    return (
        _compare_in_turn("growth", f"build of one version more at {workspace.versions:,}", ours, [
            (quarter, 2.5, workspace.incremental_build_command("quarter")),
            ("the clean build", 0.25, workspace.clean_build_command()),
        ], 3),
    )  # fmt: skip


def _reading_benchmark(repository: Path, ref: str, count: int, goal: float) -> Benchmark:
    script = (
        f"import sys; sys.path.insert(0, {str(PROJECT)!r})\n"
        "from collections import deque; from pathlib import Path\n"
        "from changelog.history import read_revisions\n"
        f"deque(read_revisions(Path({str(repository)!r}), {ref!r}), maxlen=0)"
    )
    ours = Command((sys.executable, "-c", script))
    other = ("`git log`, `cat-file`", goal, baselines.read_history(repository, ref))
    return _compare_in_turn(f"reading-{count}", f"reading a history of {count:,}", ours, [other], 5)


def _list_redline_benchmarks(workspace: Workspace) -> tuple[Benchmark, ...]:
    repository, count = workspace.repository, f"{workspace.versions:,} versions"
    ours = Command((
        "env", "-C", str(PROJECT), sys.executable, "-m", "bench.redlines", str(repository), "whole",
    ))  # fmt: skip
    peer = ("`git log -p --word-diff`", 2.5, baselines.print_word_diff(repository, "whole"))
    texts = {
        "words shuffled": redlines.build_shuffled_history,
        "two unrelated texts": redlines.build_unrelated_history,
        "paragraphs in another order": redlines.build_reordered_history,
    }
    rows = tuple(
        TableRow(f"words marked: {name}", "the fewest that are readable", 1.05)
        for name in (f"a history of {count}", *(f"{text}, {redlines.WORDS:,} words" for text in texts))
    )

    def measure() -> list[Measurement]:
        past = read_revisions(repository, "whole")
        return [
            (redlines.measure_marking_ratio(past),),
            *((redlines.measure_marking_ratio(text()),) for text in texts.values()),
        ]

    alone = TableRow(f"all redlines of {count}, reading left out", *peer[:2])
    return (
        _compare_in_turn("redlines", f"reading and all redlines of {count}", ours, [peer], 3),
        Benchmark("redlines-only", (alone,), partial(_measure_redlines_only, ours, peer[2]), (ours, peer[2])),
        Benchmark("marked-words", rows, measure),
    )


def _measure_redlines_only(ours: Command, theirs: Command) -> list[Measurement]:
    """Divide the seconds that ours reports for comparing alone by the whole time of the peer."""
    return [tuple(float(run(ours.line)) / measure_seconds(theirs) for _ in range(3))]


_MAIL_ROWS = (
    (TableRow("mail, loopback: time", "smtplib", 1), "time_over_smtplib", 0),
    (TableRow("mail, loopback: time", "aiosmtplib", 0.6), "time_over_aiosmtplib", 0),
    (TableRow("mail, round trip of 10 ms: time", "smtplib", 0.4), "time_over_smtplib", 10),
    (TableRow("mail: `plan` of a million addressees, memory", "–", 250, " MiB"), "plan_mib", None),
)


def _mail_benchmark(workspace: Workspace) -> Benchmark:
    quick = ("--quick",) if workspace.size == "small" else ()
    command = Command(("env", "-C", str(PROJECT), sys.executable, "-m", "bench.mail", *quick))

    def measure() -> list[Measurement]:
        try:
            lines = [json.loads(line) for line in run(command.line).splitlines()]
        except CannotRunError as error:
            return [str(error)] * len(_MAIL_ROWS)
        return [_find_figure(lines, key, delay) for _, key, delay in _MAIL_ROWS]

    return Benchmark("mail", tuple(row for row, _, _ in _MAIL_ROWS), measure, (command,))


def _find_figure(lines: Sequence[dict[str, float]], key: str, delay: float | None) -> Measurement:
    for line in lines:
        if key in line and line.get("round_trip_ms") == delay:
            return (float(line[key]),)
    return f"bench.mail gives no {key}"
