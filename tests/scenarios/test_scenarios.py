"""Each folder beside this file is a history, and the site that it must give.

`history.sh` uses the functions of lib.sh. `expected.json` has `versions`, with a row for each (its keys must
be published with these values; a list of sections that it leaves out must be empty), and where it matters:
`exit`, `errors` and `warnings` (lines of standard error, with `…` for anything between), `on` (from a day to
in_force and upcoming), `files` (from a path to `has` and `lacks`) and `nowhere` (words in no published file).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.cli import BuildCommand, CommandResult, create_history, hash_files, read_versions
from tests.helpers.in_process import build
from tests.helpers.published_site import PublishedSite

SCENARIOS = sorted(path.parent for path in Path(__file__).parent.glob("*/history.sh"))
front_door = BuildCommand()


@pytest.mark.cases_in_ci(
    "adopted",
    "cherry-pick",
    "corrected-in-force",
    "cosmetic-bytes",
    "deleted-note",
    "english-first",
    "explained-later",
    "fact-changed",
    "form-alone",
    "future",
    "hostile-author",
    "language-gone",
    "languages-restored",
    "latin-1",
    "linear",
    "mended-note",
    "merge",
    "octopus",
    "overtaken",
    "period",
    "rename-twice",
    "renumber",
    "revert-of-a-revert",
    "split",
    "strange-files",
    "three-languages",
    "two-notes",
    "unnoted",
    "unreadable-once",
    "withdrawn-one-of-two",
)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.name)
def test_history_gives_the_expected_site(scenario, tmp_path):
    expected = json.loads((scenario / "expected.json").read_bytes())
    source = create_history(tmp_path / "source", (scenario / "history.sh").read_text(encoding="utf-8"))
    out = tmp_path / "out"
    result = front_door.build(source, out)
    assert result.code == expected.get("exit", 0), result.err
    assert_messages(result, expected.get("warnings", []), expected.get("errors", []))
    if "versions" not in expected:
        assert hash_files(out) == {}
        return
    found = read_versions(out)
    for wanted, row in zip(expected["versions"], found["versions"], strict=False):
        assert select_expected(wanted, row) == wanted
    assert len(found["versions"]) == len(expected["versions"])
    PublishedSite(out).assert_consistent()
    assert_files(out / "site", expected)
    assert_days(source, out, expected.get("on", {}))


def assert_messages(result: CommandResult, warnings: list[str], errors: list[str]) -> None:
    assert len(result.err) == len(warnings) + len(errors), result.err
    for line, words in zip(result.err, [*(f"warning: {words}" for words in warnings), *errors], strict=True):
        assert all(part in line for part in words.split("…")), line


def select_expected(wanted: dict[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    """Return the parts of a row that are expected; of its sections, the lists that are not empty."""
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


def read_file(path: Path) -> str:
    """Return the text of a file in which no blank is a no-break one: dates in headings have such."""
    return path.read_text(encoding="utf-8").replace("\N{NO-BREAK SPACE}", " ")


def assert_files(site: Path, expected: dict[str, Any]) -> None:
    for path, said in expected.get("files", {}).items():
        text = read_file(site / path)
        for words in said.get("has", ()):
            assert words in text, (path, words)
        for words in said.get("lacks", ()):
            assert words not in text, (path, words)
    for path in hash_files(site):
        text = read_file(site / path)
        for words in expected.get("nowhere", ()):
            assert words not in text, (path, words)


def assert_days(source: Path, out: Path, days: dict[str, Any]) -> None:
    for day, wanted in days.items():
        build(source, out, today=day)
        found = read_versions(out)
        assert {key: found[key] for key in wanted} == wanted, day
