"""The results as a Markdown table between two marks of a page."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable, Sequence
from pathlib import Path

from bench.rows import TableRow
from bench.timing import Measurement

HEAD = ("work", "against", "goal, at most", "median", "least–greatest", "CPU time", "met")


def _find_marks(page: str, name: str) -> re.Match[str] | None:
    """Return what is between the marks of a table in a page."""
    return re.search(rf"(?<=<!-- {name} -->\n\n).*(?=\n\n<!-- /{name} -->)", page, re.DOTALL)


def format_goal(row: TableRow) -> str:
    """Return the goal of a row with its unit; a dash if the row has none."""
    return "–" if row.goal is None else f"{row.goal:g}{row.unit}"


def format_cells(row: TableRow, found: Measurement) -> tuple[str, ...]:
    """Return the cells of a row; if nothing was measured, the reason. The median is judged."""
    name = (row.work, row.against, format_goal(row))
    if isinstance(found, str):
        return (*name, "–", "–", "–", f"could not run: {found}")
    values = [figure.value for figure in found]
    cpu = [figure.cpu for figure in found if figure.cpu is not None]
    median = statistics.median(values)
    return (
        *name,
        _format_value(median, row),
        f"{_format_number(min(values))}–{_format_number(max(values))}" if len(values) > 1 else "–",
        _format_value(statistics.median(cpu), row) if cpu else "–",
        "–" if row.goal is None else "yes" if median <= row.goal else "**no**",
    )


def _format_value(value: float, row: TableRow) -> str:
    return f"{_format_number(value)}{row.unit}"


def _format_number(value: float) -> str:
    """Return three significant digits: more would be noise, fewer could hide whether a goal is met."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def format_row(columns: Sequence[str]) -> str:
    return f"| {' | '.join(column.replace('|', '/') for column in columns)} |"


def format_table(rows: Iterable[Sequence[str]]) -> str:
    return "\n".join([format_row(HEAD), format_row(["---"] * len(HEAD)), *map(format_row, rows)])


def parse_rows(page: str, name: str = "speed") -> list[tuple[str, ...]]:
    """Return the rows of the table in a page."""
    found = _find_marks(page, name)
    lines = [text for text in (found[0] if found else "").splitlines() if text.startswith("| ")]
    return [tuple(text.strip("| ").split(" | ")) for text in lines[2:]]


def replace_table(page: Path, text: str, name: str = "speed") -> None:
    """Replace what is between the marks of a page."""
    old = page.read_text(encoding="utf-8")
    found = _find_marks(old, name)
    assert found, f"{page}: the marks of the table are gone"
    page.write_text(old[: found.start()] + text + old[found.end() :], encoding="utf-8")
