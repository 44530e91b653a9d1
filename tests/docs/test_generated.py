"""The generated parts of docs/reference/ are those of the code, and every row of them has its prose."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from tests.helpers.reference import PAGES, REPOSITORY, read_section


def test_make_reference_would_change_nothing():
    done = subprocess.run(
        [sys.executable, REPOSITORY / "docs" / "generate_reference.py", "--check"],
        capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("page", sorted(PAGES))
def test_every_generated_row_has_its_prose(page):
    assert [
        line for line in PAGES[page].splitlines() if line.startswith("|") and line.endswith("| … |")
    ] == []


def test_every_rule_has_its_prose_and_no_prose_is_left_over():
    text = PAGES["checks"]
    rules = re.findall(r"^\| \[`([a-z0-9-]+)`\]", text, re.MULTILINE)
    assert rules
    assert re.findall(r"^### ([a-z0-9-]+)$", text, re.MULTILINE) == sorted(rules, key=rules.index)


def test_the_prose_of_a_rule_says_what_it_finds_why_and_what_to_do():
    text = PAGES["checks"]
    for name in re.findall(r"^### ([a-z0-9-]+)$", text, re.MULTILINE):
        prose = read_section("checks", f"### {name}").strip()
        assert prose.startswith("Finds "), name
        assert "*Why:*" in prose, name
        assert "*Do:*" in prose, name


def test_each_rule_is_below_the_heading_of_its_group():
    text = PAGES["checks"]
    groups = {"disclosures": "Disclosures", "wording": "Contradictions and wording"}
    groups |= {
        "languages": "Languages",
        "appearance": "Appearance",
        "questions": "Questions",
        "changes": "Changes",
    }
    for name, group in re.findall(r"^\| \[`([a-z0-9-]+)`\].*\| (\w+) \|$", text, re.MULTILINE):
        assert f"### {name}\n" in read_section("checks", f"## {groups[group]}"), name


def test_every_state_is_reached_by_a_transition():
    text = read_section("notification-job", "## States of a delivery")
    generated = text.partition("<!-- /generated -->")[0]
    states = set(re.findall(r"^\| `(\w+)`", generated, re.MULTILINE))
    moves = re.findall(r"^\| (?:–|`(\w+)`) +\| `(\w+)` +\| [^|]*\|$", text, re.MULTILINE)
    assert states == {to for _, to in moves}
    assert {start for start, _ in moves if start} < states
