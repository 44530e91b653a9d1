"""Parse the pages of docs/reference/, and create what they are compared with."""

from __future__ import annotations

import os
import re
from pathlib import Path

from tests.helpers.cli import run_build_py, run_command
from tests.helpers.environment import REPOSITORY

REFERENCE = REPOSITORY / "docs" / "reference"
PAGES = {page.stem: page.read_text(encoding="utf-8") for page in REFERENCE.glob("*.md")}


def read_section(page: str, heading: str) -> str:
    """Return the part of a page below a heading, up to the next of its level or above."""
    level = heading.partition(" ")[0]
    pattern = rf"^{re.escape(heading)}\n(.*?)(?=^#{{1,{len(level)}}} |\Z)"
    found = re.search(pattern, PAGES[page], re.DOTALL | re.MULTILINE)
    assert found, heading
    return found[1]


def table_rows(text: str) -> list[list[str]]:
    """Return the cells of every row of the tables in a text, without headings and separator lines."""
    lines = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in re.findall(r"^\|.*\|$", text, re.MULTILINE)
    ]
    separators = {place for place, cells in enumerate(lines) if set("".join(cells)) <= {"-", ":"}}
    return [
        cells for place, cells in enumerate(lines) if place not in separators and place + 1 not in separators
    ]


def inline_code(cell: str) -> list[str]:
    """Return the `code` spans of a table cell."""
    return re.findall(r"`([^`]+)`", cell)


def first_column_codes(text: str) -> set[str]:
    """Return every code in the first column of the tables in a text."""
    return {code for cells in table_rows(text) for code in inline_code(cells[0])}


def commit_files(source: Path, files: dict[str, str], day: str) -> None:
    """Write files below content/ and commit them on a day."""
    for name, text in files.items():
        path = source / "content" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "x"]):
        run_command(source, "git", *words, GIT_COMMITTER_DATE=f"{day}T12:00:00Z")


def build_source(source: Path, out: Path) -> Path:
    """Build a policy into `out` without warnings; return `out`."""
    done = run_build_py("build", "--source", source, "--out", out, "--today", "2026-03-01")
    assert (done.returncode, done.stderr) == (0, "")
    return out


def list_files(folder: Path) -> list[Path]:
    """Return every file below a folder, links followed as a web server does."""
    return [Path(place, name) for place, _, names in os.walk(folder, followlinks=True) for name in names]
