"""The table of docs/speed.md has a row for each benchmark, with its results."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from bench import table
from bench.__main__ import main, measure_rows
from bench.benchmarks import list_benchmarks
from bench.rows import Benchmark, TableRow
from bench.timing import CannotRunError, Figure
from bench.workspace import Workspace

PAGE = Path(__file__).resolve().parents[2] / "docs" / "speed.md"
ROW = TableRow("work", "a peer", 0.5)


def test_the_page_has_a_row_for_each_benchmark_with_its_goal():
    every = [row for benchmark in list_benchmarks(Workspace("medium")) for row in benchmark.rows]
    told = [row[:3] for row in table.parse_rows(PAGE.read_text(encoding="utf-8"))]
    assert told == [(row.work, row.against, table.format_goal(row)) for row in every]


def test_no_two_rows_are_of_the_same_name():
    every = [
        (row.work, row.against)
        for benchmark in list_benchmarks(Workspace("medium"))
        for row in benchmark.rows
    ]
    assert len(every) == len(set(every))


def test_every_size_has_the_same_benchmarks():
    small, medium = (list_benchmarks(Workspace(size)) for size in ("small", "medium"))
    assert [len(benchmark.rows) for benchmark in small] == [len(benchmark.rows) for benchmark in medium]


def _rounds(*values, cpu=None):
    return tuple(Figure(value, cpu) for value in values)


def test_the_median_decides_whether_a_goal_is_met():
    cells = table.format_cells(ROW, _rounds(0.9, 0.5, 0.1))
    assert cells == ("work", "a peer", "0.5×", "0.5×", "0.1–0.9", "–", "yes")
    assert table.format_cells(ROW, _rounds(0.51, 0.51, 0.1))[-1] == "**no**"


def test_cpu_time_is_shown_and_does_not_decide():
    cells = table.format_cells(ROW, _rounds(0.4, cpu=0.8))
    assert cells[3:] == ("0.4×", "–", "0.8×", "yes")


def test_a_row_without_a_goal_is_neither_met_nor_missed():
    cells = table.format_cells(TableRow("work", "a peer", None), _rounds(7.0))
    assert (cells[2], cells[-1]) == ("–", "–")


def test_what_could_not_run_says_why():
    assert table.format_cells(ROW, "it is not installed")[3:] == (
        "–",
        "–",
        "–",
        "could not run: it is not installed",
    )


def test_a_table_is_read_back_as_it_was_written(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# Speed\n\n<!-- speed -->\n\nold\n\n<!-- /speed -->\n\nThe rest.\n", encoding="utf-8")
    rows = [table.format_cells(ROW, _rounds(1.0, 2.0)), table.format_cells(ROW, "a | b")]
    table.replace_table(page, f"A machine.\n\n{table.format_table(rows)}")
    text = page.read_text(encoding="utf-8")
    assert table.parse_rows(text) == [rows[0], (*rows[1][:6], "could not run: a / b")]
    assert "old" not in text
    assert text.endswith("<!-- /speed -->\n\nThe rest.\n")


@pytest.mark.parametrize(
    ("error", "reason"),
    [(CannotRunError("no index"), "no index"), (KeyError("x"), "KeyError: 'x'")],
)
def test_a_benchmark_that_fails_costs_only_its_own_rows(error, reason):
    def fail():
        raise error

    for benchmark in (Benchmark("a", (ROW, ROW), fail), Benchmark("b", (ROW, ROW), list, prepare=fail)):
        assert [row[-1] for row in measure_rows(benchmark)] == [f"could not run: {reason}"] * 2


def test_a_part_of_the_benchmarks_does_not_overwrite_the_table(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("untouched")
    ended = CliRunner().invoke(main, ["--only", "help", "--write", str(page)])
    assert ended.exit_code == 2
    assert page.read_text() == "untouched"


def test_a_benchmark_that_there_is_not_is_told_the_names_there_are():
    ended = CliRunner().invoke(main, ["--only", "hlep"])
    assert ended.exit_code == 2
    assert "unknown benchmark hlep; choose from unchanged, one-more, same-pages" in ended.output
