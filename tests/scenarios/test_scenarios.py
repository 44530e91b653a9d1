"""Each folder beside this file is a history as a shell script, and what it must give.

`history.sh` calls the functions of lib.sh. `expected.json` holds `versions`, one row for each that there
must be (what a row names must be so; a list of sections that it leaves out must be empty), and where it
matters: `exit`, `errors` and `warnings` (lines of standard error, `…` for anything between), `on` (day →
in_force, upcoming), `files` (path → `has`, `lacks`) and `nowhere` (words that no published file may hold).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.cli import BuildCommand, CommandResult, create_history, hash_files, read_versions
from tests.helpers.published_site import PublishedSite

SCENARIOS = sorted(path.parent for path in Path(__file__).parent.glob("*/history.sh"))
build = BuildCommand().build


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.name)
def test_history_gives_what_stands_beside_it(scenario, tmp_path):
    expected = json.loads((scenario / "expected.json").read_bytes())
    source = create_history(tmp_path / "source", (scenario / "history.sh").read_text(encoding="utf-8"))
    out = tmp_path / "out"
    result = build(source, out)
    assert result.code == expected.get("exit", 0), result.err
    as_warned(result, expected.get("warnings", []), expected.get("errors", []))
    if "versions" not in expected:
        assert hash_files(out) == {}
        return
    found = read_versions(out)
    for wanted, row in zip(expected["versions"], found["versions"], strict=False):
        assert as_listed(wanted, row) == wanted
    assert len(found["versions"]) == len(expected["versions"])
    PublishedSite(out).assert_consistent()
    as_printed(out / "site", expected)
    as_the_days_go(source, out, expected.get("on", {}))


def as_warned(result: CommandResult, warnings: list[str], errors: list[str]) -> None:
    assert len(result.err) == len(warnings) + len(errors), result.err
    for line, words in zip(result.err, [*(f"warning: {words}" for words in warnings), *errors], strict=True):
        assert all(part in line for part in words.split("…")), line


def as_listed(wanted: dict[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    """Give of a row what is wanted: of languages only those named, of sections only those touched."""
    found = {key: row[key] for key in wanted}
    if "sections" in wanted:
        found["sections"] = {kind: names for kind, names in row["sections"].items() if names}
    if "languages" in wanted:
        own = row["languages"]
        assert wanted["languages"].keys() == own.keys()
        found["languages"] = {
            code: {key: own[code][key] for key in keys} for code, keys in wanted["languages"].items()
        }
    return found


def as_printed(site: Path, expected: dict[str, Any]) -> None:
    for path, said in expected.get("files", {}).items():
        text = (site / path).read_text(encoding="utf-8")
        for words in said.get("has", ()):
            assert words in text, (path, words)
        for words in said.get("lacks", ()):
            assert words not in text, (path, words)
    for path in hash_files(site):
        text = (site / path).read_text(encoding="utf-8")
        for words in expected.get("nowhere", ()):
            assert words not in text, (path, words)


def as_the_days_go(source: Path, out: Path, days: dict[str, Any]) -> None:
    for day, wanted in days.items():
        assert build(source, out, "--today", day).code == 0
        found = read_versions(out)
        assert {key: found[key] for key in wanted} == wanted, day
