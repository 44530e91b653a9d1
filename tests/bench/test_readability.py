"""The command that measures histories, its table, and the page of the documentation that has it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench import redline_peers, table
from bench.measured_histories import MeasuredHistory, MeasuredPage
from bench.readability import list_findings, main
from bench.readability_table import MEASURES, PEER_MEASURES, format_measures
from bench.redline_measures import RedlineMeasure
from tests.helpers.cli import create_history

DOCUMENTATION = Path(__file__).resolve().parents[2] / "docs" / "redlines-measured.md"

HISTORY = """
start 2026-01-05
words nb/02-deling "Vi deler navn med trykkeriet."
words en/02-deling "We share names with the printer."
commit 2026-01-10
words en/02-deling "We share addresses with the printer."
words nb/02-deling "Vi deler adresser med trykkeriet."
commit 2026-02-01
"""

PAGE = MeasuredPage(
    path=Path("changes/index.html"),
    size=2_000,
    own=RedlineMeasure(
        old_version="1.0",
        new_version="1.1",
        words=1_000,
        is_changed=True,
        marked=30,
        fewest=20,
        untruth="",
        islands=0,
        marks=8,
        unmarked_changes=2,
        empty_marks=0,
        adjacent_marks=0,
        unchanged_words_seen=80,
        helper_words=25,
        lost_changes="",
    ),
    peers={"jsdiff": 24, "htmldiff-js": 26},
)


def _change(**values):
    return replace(PAGE, own=replace(PAGE.own, **values))


SEEN = "unchanged words seen around a small change, median"
OTHER_TEXT = _change(marked=900, fewest=800)


LARGE = {"jsdiff": 100, "htmldiff-js": 90}


def _read_row(name, *pages, peer_error=""):
    page = f"<!-- t -->\n\n{format_measures([MeasuredHistory('a', pages, peer_error)])}\n\n<!-- /t -->"
    (cells,) = (row for row in table.parse_rows(page, "t") if row[0] == name)
    return cells[2]


@pytest.mark.parametrize(
    ("name", "pages", "value"),
    [
        ("change pages", [PAGE, OTHER_TEXT], "2"),
        ("of which one text replaced another", [PAGE, OTHER_TEXT], "1"),
        ("words marked", [PAGE, PAGE, OTHER_TEXT], "60"),
        ("fewest readable words", [PAGE, PAGE, OTHER_TEXT], "40"),
        ("words marked ÷ fewest readable", [PAGE, OTHER_TEXT], "**1.5**"),
        ("words marked ÷ fewest readable", [_change(marked=20)], "1"),
        ("words marked beyond the fewest readable", [PAGE, _change(marked=10), OTHER_TEXT], "10"),
        ("pages above 1.5 × the fewest readable", [_change(marked=151, fewest=100), OTHER_TEXT], "**1**"),
        ("pages above 1.5 × the fewest readable", [_change(marked=150, fewest=100)], "0"),
        ("pages above 1.5 × the fewest readable", [_change(marked=100, fewest=0)], "0"),
        ("untrue pages", [PAGE, _change(untruth="a word is missing")], "**1**"),
        ("pages with islands", [PAGE, _change(islands=7)], "1"),
        ("pages with islands", [_change(islands=1)] * 2, "**2**"),
        ("empty marks", [PAGE, _change(empty_marks=2)], "**2**"),
        ("adjacent marks", [PAGE, _change(adjacent_marks=2)], "**2**"),
        (SEEN, [PAGE] * 2, "80"),
        (SEEN, [_change(unchanged_words_seen=151)], "**151**"),
        (SEEN, [PAGE, _change(marked=31, unchanged_words_seen=9)], "80"),
        (SEEN, [_change(marked=0)], "80"),
        (SEEN, [PAGE, _change(is_changed=False, marked=0, unchanged_words_seen=0)], "80"),
        (SEEN, [_change(marked=31)], "0"),
        ("helper words for each mark", [PAGE], "2.5"),
        ("helper words for each mark", [PAGE, _change(helper_words=60)], "**4.25**"),
        ("pages with a change that cannot be reached", [PAGE, _change(lost_changes="no counter")], "**1**"),
        ("kB of a change page, on average", [PAGE, replace(PAGE, size=3_000)], "2.5"),
        ("words marked by jsdiff", [PAGE, PAGE, OTHER_TEXT], "48"),
        ("words marked by htmldiff-js", [PAGE, PAGE], "52"),
        ("pages above 1.5 × the best peer", [_change(marked=101), PAGE], "**1**"),
        ("pages above 1.5 × the best peer", [_change(marked=36)], "0"),
        ("pages above 1.5 × the best peer", [replace(_change(marked=140), peers=LARGE)], "**1**"),
    ],
)  # fmt: skip
def test_a_row_has_the_measure_of_all_pages(name, pages, value):
    assert _read_row(name, *pages) == value


def test_where_peers_could_not_run_their_cells_say_why():
    page = replace(PAGE, peers={})
    assert _read_row("words marked by jsdiff", page, peer_error="no node") == "could not run: no node"
    assert _read_row("words marked", page, peer_error="no node") == "30"


def test_findings_name_pages_that_are_untrue_or_mark_most_in_vain():
    pages = (
        PAGE,
        _change(marked=40),
        _change(untruth="a word is missing"),
        _change(lost_changes="no counter"),
    )
    found = [*list_findings(MeasuredHistory("a", pages), worst=1)]
    assert found == [
        "changes/index.html: a word is missing",
        "changes/index.html: no counter",
        "changes/index.html: version 1.1 marks 40 words, fewest readable 20, islands 0",
    ]


@pytest.fixture
def no_peers(monkeypatch, tmp_path):
    monkeypatch.setattr(redline_peers, "TOOLS", tmp_path / "none")


@pytest.mark.long
@pytest.mark.usefixtures("no_peers")
def test_the_command_builds_and_measures_every_history_of_a_folder(tmp_path):
    for name in ("first", "second"):
        create_history(tmp_path / "all" / "owner" / name, HISTORY)
    page = tmp_path / "page.md"
    page.write_text("<!-- readability -->\n\nold\n\n<!-- /readability -->\n", encoding="utf-8")
    ended = CliRunner().invoke(
        main,
        [str(tmp_path / "all"), "--out", str(tmp_path / "out"), "--write", str(page)],
        catch_exceptions=False,
    )
    text = page.read_text(encoding="utf-8")
    assert "| owner/first | owner/second |" in ended.output
    assert "| change pages | – | 4 | 4 |" in ended.output
    assert "| untrue pages | 0 | 0 | 0 |" in text
    assert "| words marked by jsdiff | – | could not run: jsdiff and htmldiff-js not installed |" in text
    assert "jsdiff (not installed)" in text


def test_a_folder_without_histories_is_refused(tmp_path):
    ended = CliRunner().invoke(main, [str(tmp_path)])
    assert ended.exit_code == 2
    assert "has no repository" in ended.output


def test_the_documentation_has_every_measure_with_its_goal():
    rows = table.parse_rows(DOCUMENTATION.read_text(encoding="utf-8"), "readability")
    goals = {measure.name: measure.goal for measure in (*MEASURES, *PEER_MEASURES)}
    assert {row[0]: row[1] for row in rows} == {
        name: "–" if goal is None else f"{goal:g}" for name, goal in goals.items()
    }
