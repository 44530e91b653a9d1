"""The table of docs/speed.md has a row for each benchmark, with its results."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from bench import table
from bench.__main__ import main
from bench.benchmarks import TableRow, list_benchmarks
from bench.workspace import Workspace

PAGE = Path(__file__).resolve().parents[2] / "docs" / "speed.md"
ROW = TableRow("work", "a peer", 0.5)


def test_the_page_has_a_row_for_each_benchmark_with_its_goal():
    every = [row for benchmark in list_benchmarks(Workspace("medium")) for row in benchmark.rows]
    told = [row[:3] for row in table.parse_rows(PAGE.read_text(encoding="utf-8"))]
    assert told == [(row.work, row.against, f"{row.goal:g}{row.unit}") for row in every]


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


def test_the_median_decides_whether_a_goal_is_met():
    assert table.format_cells(ROW, (0.9, 0.5, 0.1)) == ("work", "a peer", "0.5×", "0.5×", "0.1–0.9", "yes")
    assert table.format_cells(ROW, (0.51, 0.51, 0.1))[-1] == "**no**"


def test_what_could_not_run_says_why():
    assert table.format_cells(ROW, "it is not installed")[3:] == (
        "–",
        "–",
        "could not run: it is not installed",
    )


def test_a_table_is_read_back_as_it_was_written(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# Speed\n\n<!-- speed -->\n\nold\n\n<!-- /speed -->\n\nThe rest.\n", encoding="utf-8")
    rows = [table.format_cells(ROW, (1.0, 2.0)), table.format_cells(ROW, "a | b")]
    table.replace_table(page, f"A machine.\n\n{table.format_table(rows)}")
    text = page.read_text(encoding="utf-8")
    assert table.parse_rows(text) == [rows[0], (*rows[1][:5], "could not run: a / b")]
    assert "old" not in text
    assert text.endswith("<!-- /speed -->\n\nThe rest.\n")


def test_a_part_of_the_benchmarks_does_not_overwrite_the_table(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("untouched")
    ended = CliRunner().invoke(main, ["--only", "help", "--write", str(page)])
    assert ended.exit_code == 2
    assert page.read_text() == "untouched"


def test_a_benchmark_that_there_is_not_is_told_the_names_there_are():
    ended = CliRunner().invoke(main, ["--only", "hlep"])
    assert ended.exit_code == 2
    assert "unknown benchmark hlep; choose from unchanged, edited, clean" in ended.output
