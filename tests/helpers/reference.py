"""The pages of docs/reference/ taken apart, and the commands that they are compared with."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2]
REFERENCE = HOUSE / "docs" / "reference"
PAGES = {page.stem: page.read_text(encoding="utf-8") for page in REFERENCE.glob("*.md")}


def section(page: str, heading: str) -> str:
    """Return the part of a page below a heading, up to the next of its level or above."""
    level = heading.partition(" ")[0]
    pattern = rf"^{re.escape(heading)}\n(.*?)(?=^#{{1,{len(level)}}} |\Z)"
    found = re.search(pattern, PAGES[page], re.DOTALL | re.MULTILINE)
    assert found, heading
    return found[1]


def rows(text: str) -> list[list[str]]:
    """Return the cells of every row of the tables in a text, headings and rules left out."""
    lines = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in re.findall(r"^\|.*\|$", text, re.MULTILINE)
    ]
    ruled = {place for place, cells in enumerate(lines) if set("".join(cells)) <= {"-", ":"}}
    return [cells for place, cells in enumerate(lines) if place not in ruled and place + 1 not in ruled]


def codes(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def first_codes(text: str) -> set[str]:
    """Return every code in the first column of the tables in a text."""
    return {code for cells in rows(text) for code in codes(cells[0])}


def command(*words: object) -> subprocess.CompletedProcess[str]:
    """Run build.py; a failure shows what it printed."""
    line = [sys.executable, str(HOUSE / "build.py"), *map(str, words)]
    return subprocess.run(line, capture_output=True, text=True, check=False)


def commit(source: Path, files: dict[str, str], day: str) -> None:
    """Write files below content/ and commit them, without any Git configuration of this machine."""
    for name, text in files.items():
        path = source / "content" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    own = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    own |= {
        f"GIT_{who}_{key}": "a@example.no" for who in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")
    }
    own |= {"GIT_COMMITTER_DATE": f"{day}T12:00:00Z", "GIT_CONFIG_GLOBAL": os.devnull}
    for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "x"]):
        subprocess.run(["git", *words], cwd=source, check=True, env=own)


def build(source: Path, out: Path) -> Path:
    done = command("build", "--source", source, "--out", out, "--today", "2026-03-01")
    assert (done.returncode, done.stderr) == (0, "")
    return out


def walk(folder: Path) -> list[Path]:
    """Return every file below a folder, links followed as a web server does."""
    return [Path(place, name) for place, _, names in os.walk(folder, followlinks=True) for name in names]
