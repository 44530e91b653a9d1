"""Who follows docs/reference/history.md cleans Git of words that were removed, and the log stays the same."""

from __future__ import annotations

import json
import re
import subprocess
from datetime import date
from typing import TYPE_CHECKING

import pytest

from editing.redacting import write_redaction
from tests.helpers.cli import create_history, run_command
from tests.helpers.environment import GIT_ENVIRONMENT, neutral_environment
from tests.helpers.in_process import build
from tests.helpers.reference import read_section

if TYPE_CHECKING:
    from pathlib import Path

_BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_ADDRESS = "https://git.example/policy.git"
# Before there was a policy; then the name as a title, in bold, over two lines, before a colon, in a link; in
# both languages. A message has it, and a branch and a tag lead to it.
HISTORY = r"""
git init --quiet --initial-branch main .
mkdir other; echo x >other/file; git add .; git commit --quiet -m Begynn
file policy.yaml <<'END'
base_url: https://example.no/
languages: [nb, en]
salt: 00112233445566778899aabbccddeeff
title: {nb: Personvern, en: Privacy}
controller:
  name: Eksempel AS
  address: {nb: Gata 1, en: Gata 1}
  email: post@example.no
END
section nb/01-om "Om oss" "Vi svarer."
section en/01-om "About us" "We answer."
commit 2026-01-05
section nb/01-om "Kari Nordmann" "Spør Kari **Nordmann**." $'Eller Kari\nNordmann på nett.' \
  "Kari Nordmann: leder" \
  "Skriv til [Kari Nordmann](mailto:kari@example.no), eller [oss](/oss)."
section en/01-om "Ask Kari Nordmann" "Kari Nordmann (manager)" "**Kari Nordmann** answers."
commit 2026-02-01 "Navngi Kari Nordmann"
git tag -a -m "Navngitt" navngitt; git branch gammel
section nb/01-om "Kari Nordmann svarer" "Spør Kari Nordmann. Hun svarer."
section en/01-om "Ask Kari Nordmann" "Kari Nordmann(manager) answers."
commit 2026-03-01
section nb/01-om "Om oss" "Spør oss."
section en/01-om "About us" "Ask us."
commit 2026-04-01
"""


@pytest.fixture(scope="module")
def steps() -> tuple[str, list[str]]:
    """The program of the page, and the commands of each step."""
    found = _BLOCK.findall(read_section("history", "### Removing the words from Git"))
    codes = [re.sub(f"^{indent}", "", code, flags=re.MULTILINE) for indent, _, code in found]
    assert [kind for _, kind, _ in found] == ["python", "sh", "sh", "sh"]
    return codes[0], codes[1:]


def run(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    environment = neutral_environment(**GIT_ENVIRONMENT, FILTER_BRANCH_SQUELCH_WARNING="1")
    command = ["bash", "-c", code]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_the_recipe_removes_the_words_from_git_and_gives_the_same_log(steps, tmp_path):
    program, (rewrite, search, push) = steps
    source = create_history(tmp_path / "source", HISTORY)
    list(write_redaction(source, "om", "Kari Nordmann", "Feil", date(2026, 4, 2)))
    run_command(source, "git", "add", ".")
    run_command(source, "git", "commit", "--quiet", "-m", "Fjern", GIT_COMMITTER_DATE="2026-04-02T12:00:00Z")
    run_command(source, "git", "clone", "--quiet", "--bare", ".", "../policy.git")
    build(source, tmp_path / "out")
    log = (tmp_path / "out/site/api/log.json").read_bytes()
    assert len(json.loads(log)["entries"]) == 6
    work = tmp_path / "work"
    work.mkdir()
    (work / "clean_history.py").write_text(program, encoding="utf-8")
    done = run(work, "set -e\n" + rewrite.replace(_ADDRESS, str(tmp_path / "policy.git")))
    assert done.returncode == 0, done.stderr
    assert "Ref" in done.stdout
    cleaning = work / "cleaning.git"
    assert run(cleaning, search).stdout == "0\n"
    done = run(cleaning, "set -e\n" + push)
    assert done.returncode == 0, done.stderr
    run_command(work, "git", "clone", "--quiet", tmp_path / "policy.git", "clone")
    build(work / "clone", tmp_path / "new", published=str(tmp_path / "out/site"))
    assert (tmp_path / "new/site/api/log.json").read_bytes() == log


def test_the_search_of_the_recipe_finds_the_words_before_they_are_removed(steps, tmp_path):
    source = create_history(tmp_path / "source", HISTORY)
    found = run(source, steps[1][1]).stdout
    assert not found.startswith("0\n")
    assert "+Kari Nordmann: leder" in found
