"""What was measured, as a table between two marks of a page."""

from __future__ import annotations

import re
import statistics
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from bench.contests import Found, Row

HEAD = ("work", "against", "goal, at most", "median", "least–greatest", "met")
_MARKS = re.compile(r"(?<=<!-- speed -->\n\n).*(?=\n\n<!-- /speed -->)", re.DOTALL)


def cells(row: Row, found: Found) -> tuple[str, ...]:
    """Say one row; where nothing was measured, why."""
    name = (row.work, row.against, f"{row.goal:g}{row.unit}")
    if isinstance(found, str):
        return (*name, "–", "–", f"could not run: {found}")
    median = statistics.median(found)
    spread = f"{_number(min(found))}–{_number(max(found))}" if len(found) > 1 else "–"
    return (*name, f"{_number(median)}{row.unit}", spread, "yes" if median <= row.goal else "**no**")


def _number(value: float) -> str:
    """Give three figures: more would be noise, less would hide whether a goal is met."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def line(columns: Sequence[str]) -> str:
    return f"| {' | '.join(column.replace('|', '/') for column in columns)} |"


def table(rows: Iterable[Sequence[str]]) -> str:
    return "\n".join([line(HEAD), line(["---"] * len(HEAD)), *map(line, rows)])


def rows(page: str) -> list[tuple[str, ...]]:
    """Read the rows of a page's table."""
    found = _MARKS.search(page)
    lines = [text for text in (found[0] if found else "").splitlines() if text.startswith("| ")]
    return [tuple(text.strip("| ").split(" | ")) for text in lines[2:]]


def write(page: Path, text: str) -> None:
    """Put a new text between the marks."""
    old = page.read_text(encoding="utf-8")
    assert _MARKS.search(old), f"{page}: the marks of the table are gone"
    page.write_text(_MARKS.sub(lambda _: text, old), encoding="utf-8")
