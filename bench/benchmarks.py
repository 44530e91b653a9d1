"""Every benchmark: what is timed against what, and which ratio is the goal (an upper bound)."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from bench import baselines, redlines
from bench.build_benchmarks import list_build_benchmarks
from bench.everyday_benchmarks import list_everyday_benchmarks
from bench.mail_benchmarks import list_mail_benchmarks
from bench.rows import Benchmark, TableRow, compare_in_turn
from bench.timing import Command, Figure, Measurement, Usage, compare, measure_usage, run
from bench.workspace import PROJECT, Workspace
from changelog.history import read_revisions


def list_benchmarks(workspace: Workspace) -> tuple[Benchmark, ...]:
    """Return every benchmark of a size, in the order of the table."""
    return (
        *list_build_benchmarks(workspace),
        *list_everyday_benchmarks(workspace),
        _help_benchmark(),
        *_list_reading_benchmarks(workspace),
        *_list_redline_benchmarks(workspace),
        *list_mail_benchmarks(workspace),
    )


def _help_benchmark() -> Benchmark:
    ours = Command((sys.executable, str(PROJECT / "build.py"), "--help"))
    return compare_in_turn("help", "`--help`", ours, [("`python -c pass`", 5, baselines.start_python())], 10)


def _list_reading_benchmarks(workspace: Workspace) -> tuple[Benchmark, ...]:
    return tuple(
        compare_in_turn(
            f"reading-{count}",
            f"reading a history of {count:,}",
            _read_history_command(repository, ref),
            [("`git log`, `cat-file`", goal, baselines.read_history(repository, ref))],
            rounds,
            prepare,
        )
        for repository, ref, count, goal, rounds, prepare in (
            (workspace.repository, "whole", workspace.versions, 4.5, 5, workspace.prepare),
            (workspace.long_history, "main", workspace.commits, 1.6, 3, workspace.prepare_long_history),
        )
    )


def _read_history_command(repository: Path, ref: str) -> Command:
    script = (
        f"import sys; sys.path.insert(0, {str(PROJECT)!r})\n"
        "from collections import deque; from pathlib import Path\n"
        "from changelog.history import read_revisions\n"
        f"deque(read_revisions(Path({str(repository)!r}), {ref!r}), maxlen=0)"
    )
    return Command((sys.executable, "-c", script))


def _list_redline_benchmarks(workspace: Workspace) -> tuple[Benchmark, ...]:
    return (_redline_time_benchmark(workspace), _marked_words_benchmark(workspace))


def _redline_time_benchmark(workspace: Workspace) -> Benchmark:
    repository = workspace.repository
    ours = Command((
        "env", "-C", str(PROJECT), sys.executable, "-m", "bench.redlines", str(repository), "whole",
    ))  # fmt: skip
    theirs = baselines.print_word_diff(repository, "whole")
    work = f"all redlines of {workspace.versions:,} versions, reading left out"
    row = TableRow(work, "`git log -p --word-diff`", 4)
    measure = partial(_compare_redlines, ours, theirs)
    return Benchmark("redlines", (row,), measure, (ours, theirs), workspace.prepare)


def _compare_redlines(ours: Command, theirs: Command) -> list[Measurement]:
    """Divide the seconds that ours reports for comparing alone by the whole time of the peer."""
    rounds: list[Figure] = []
    for _ in range(3):
        wall, cpu = map(float, run(ours.line).split())
        rounds.append(compare(Usage(wall, cpu), measure_usage(theirs)))
    return [tuple(rounds)]


def _marked_words_benchmark(workspace: Workspace) -> Benchmark:
    texts = {
        "words shuffled": redlines.build_shuffled_history,
        "two unrelated texts": redlines.build_unrelated_history,
        "paragraphs in another order": redlines.build_reordered_history,
    }
    names = (
        f"a history of {workspace.versions:,} versions",
        *(f"{text}, {redlines.WORDS:,} words" for text in texts),
    )
    rows = tuple(TableRow(f"words marked: {name}", "the fewest that are readable", 1.05) for name in names)

    def measure() -> Sequence[Measurement]:
        past = read_revisions(workspace.repository, "whole")
        histories = (past, *(build_history() for build_history in texts.values()))
        return [(Figure(redlines.measure_marking_ratio(history)),) for history in histories]

    return Benchmark("marked-words", rows, measure, (), workspace.prepare)
