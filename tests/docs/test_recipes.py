"""Who follows a recipe of the editors' guides gets what its title says."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from tests.helpers.cli import create_history, run_command
from tests.helpers.environment import REPOSITORY
from tests.helpers.in_process import build
from tests.helpers.recipes import Workplace, read_recipes

if TYPE_CHECKING:
    from pathlib import Path

TODAY = "2026-11-22"
POLICY = REPOSITORY / "tests" / "docs" / "recipe_policy"
RECIPES = {language: read_recipes(language) for language in ("nb", "en")}
CONFIRM = f'confirm() {{ "{sys.executable}" "{REPOSITORY}/build.py" confirm --source . "$@" >/dev/null; }}\n'
PUBLISH = f'git init --quiet --initial-branch main .\ncp -R "{POLICY}/content" .\ncommit 2026-01-05\n'

FIRST = ("1.0", "first", "2026-01-05", "2026-01-05")
# A longer period, announced two days ago.
ANNOUNCE = """
sed -i s/P2Y/P3Y/ content/facts/retention.yaml
file changes/2026-11-20-sletting.yaml <<'END'
level: major
effective: P37D
title: {nb: Vi lagrer lenger, en: We keep data longer}
summary: {nb: Vi lagrer i 3 år., en: We keep data for 3 years.}
action: {nb: Du kan be oss slette., en: You may ask us to erase data.}
END
commit 2026-11-20
"""
ANNOUNCED = ("2.0", "major", "2026-11-20", "2026-12-27")
NB_CONTACT = 'words nb/05-kontakt "Skriv til {{ controller.email }}. Vi svarer innen en uke."\n'
CONTACT = (
    NB_CONTACT
    + 'words en/05-kontakt "Write to {{ controller.email }}. We answer within a week."\nconfirm kontakt\n'
)
NOTE_CONTACT = """
file changes/kontakt.yaml <<'END'
level: minor
summary: {nb: Vi svarer innen en uke., en: We answer within a week.}
END
"""
COLLEAGUE = """
words nb/05-kontakt "Skriv til {{ controller.email }}. Vi svarer på norsk, samisk og engelsk."
words en/05-kontakt "Write to {{ controller.email }}. We answer in Norwegian, Sami and English."
confirm kontakt
note samisk minor
commit 2026-11-21
"""
OFFICER = """
echo "dpo: {name: Personvernombudet, email: post@eksempel.no}" >>content/policy.yaml
words nb/05-kontakt "Skriv til {{ controller.email }}, eller til {{ dpo.name }} på {{ dpo.email }}."
words en/05-kontakt "Write to {{ controller.email }}, or to {{ dpo.name }} at {{ dpo.email }}."
confirm kontakt
git commit --quiet --all --amend --no-edit
"""
NAME = """
words nb/05-kontakt "Skriv til Kari Nordmann på {{ controller.email }}."
words en/05-kontakt "Write to Kari Nordmann at {{ controller.email }}."
confirm kontakt
note navn minor
commit 2026-11-20
echo "Kari Nordmann" >../ord.txt
"""


@dataclass(frozen=True)
class Case:
    """The history before a recipe, the editor's edits that are not committed then, and what must come of it.

    A version is its number, level, day of publication, day of effect and state. `refused` are the commands of
    the recipe that end with an error, `checked` is what `check` says at last, and `shown` has words that a
    file of the site must have.
    """

    versions: tuple[tuple[str, str, str, str, str], ...]
    before: str = ""
    edits: str = ""
    refused: tuple[str, ...] = ()
    checked: str = "no problems found"
    shown: dict[str, str] = field(default_factory=dict)


MINOR = ("1.1", "minor", TODAY, TODAY, "in force")
MAJOR = ("2.0", "major", TODAY, "2026-12-29", "upcoming")
FIRST_IN_FORCE, FIRST_FORMER = ((*FIRST, state) for state in ("in force", "former"))

CASES = {
    "period": Case((FIRST_IN_FORCE, MAJOR)),
    "third-country": Case((FIRST_IN_FORCE, MAJOR)),
    "purpose": Case((FIRST_IN_FORCE, MAJOR)),
    "section": Case((FIRST_FORMER, MINOR)),
    "rename": Case((FIRST_FORMER, MINOR)),
    "reorder": Case((FIRST_FORMER, MINOR)),
    "translation": Case(
        (
            FIRST_FORMER,
            ("1.1", "minor", "2026-11-20", "2026-11-20", "former"),
            ("1.2", "minor", TODAY, TODAY, "in force"),
        ),
        before=NB_CONTACT + NOTE_CONTACT + "commit 2026-11-20",
        refused=("python build.py check\n",),
    ),
    "withdraw": Case(
        (
            FIRST_FORMER,
            (*ANNOUNCED, "withdrawn"),
            ("3.0", "major", TODAY, TODAY, "in force"),
        ),
        before=ANNOUNCE,
    ),
    "correct-in-force": Case(
        (
            FIRST_FORMER,
            (*ANNOUNCED, "upcoming"),
            ("1.1", "minor", TODAY, TODAY, "in force"),
            ("2.1", "minor", TODAY, "2026-12-27", "upcoming"),
        ),
        before=ANNOUNCE,
    ),
    "explain": Case(
        (FIRST_FORMER, ("1.1", "minor", "2026-11-20", "2026-11-20", "in force")),
        before=CONTACT + "commit 2026-11-20",
        shown={"endringslogg/index.html": "Mange har spurt når de får svar."},
    ),
    "mend-note": Case(
        (FIRST_IN_FORCE, (*ANNOUNCED, "upcoming")),
        before=ANNOUNCE,
        shown={"endringslogg/index.html": "Vi lagrer opplysninger om medlemskapet i 3 år."},
    ),
    "revert": Case(
        (
            FIRST_FORMER,
            ("1.1", "minor", "2026-11-20", "2026-11-20", "former"),
            ("1.2", "minor", TODAY, TODAY, "in force"),
        ),
        before=CONTACT + NOTE_CONTACT + "commit 2026-11-20",
    ),
    "restore-note": Case(
        (FIRST_IN_FORCE, (*ANNOUNCED, "upcoming")),
        before=ANNOUNCE + "rm content/changes/2026-11-20-sletting.yaml\ncommit 2026-11-21",
    ),
    "conflict": Case(
        (
            FIRST_FORMER,
            ("1.1", "minor", "2026-11-21", "2026-11-21", "former"),
            ("1.2", "minor", TODAY, TODAY, "in force"),
        ),
        before=COLLEAGUE,
        edits=CONTACT + NOTE_CONTACT,
        refused=("python build.py submit\n", "git pull --rebase origin main\n"),
    ),
    "accept": Case((FIRST_IN_FORCE,), before=OFFICER, checked="1 for information"),
    "redact": Case(
        (
            FIRST_FORMER,
            ("1.1", "minor", "2026-11-20", "2026-11-20", "former"),
            ("1.2", "minor", TODAY, TODAY, "in force"),
        ),
        before=NAME,
        shown={"versjon/1.1/policy.txt": "Skriv til [fjernet] på post@eksempel.no"},
    ),
    "compare": Case((FIRST_IN_FORCE, (*ANNOUNCED, "upcoming")), before=ANNOUNCE),
}


def test_both_guides_have_the_same_recipes_with_the_same_code():
    assert RECIPES["nb"] == RECIPES["en"]


def test_every_recipe_has_a_case():
    assert list(RECIPES["en"]) == list(CASES)


def create_workplace(case: Case, folder: Path) -> Workplace:
    """Create a remote, and an editor's clone of it, which lacks the newest commit if the editor has edits."""
    source = create_history(folder / "source", CONFIRM + PUBLISH + case.before)
    run_command(source, "git", "clone", "--quiet", "--bare", ".", "../remote.git")
    run_command(source, "git", "remote", "add", "origin", "../remote.git")
    run_command(source, "git", "fetch", "--quiet", "origin")
    if case.edits:
        run_command(source, "git", "reset", "--quiet", "--hard", "HEAD~1")
        run_command(source, "git", "update-ref", "refs/remotes/origin/main", "HEAD")
        create_history(source, CONFIRM + case.edits)
    return Workplace.create(folder / "commands", source, TODAY)


@pytest.mark.cases_in_ci("section")
@pytest.mark.parametrize("name", CASES)
def test_the_recipe_leads_to_the_version_that_it_promises(name, tmp_path):
    case = CASES[name]
    workplace = create_workplace(case, tmp_path)
    refused = []
    for step in RECIPES["en"][name]:
        done = workplace.follow(step)
        if done and done.returncode:
            assert step.code in case.refused, done.stdout + done.stderr
            refused.append(step.code)
    assert tuple(refused) == case.refused
    checked = workplace.run("python build.py check")
    assert (checked.returncode, checked.stdout.splitlines()[-1]) == (0, case.checked)
    assert workplace.run("git status --porcelain; git log origin/main..main").stdout == ""
    site = publish_remote(tmp_path)
    assert list_versions(site) == case.versions
    for path, words in case.shown.items():
        assert words in (site / path).read_text(encoding="utf-8")


def publish_remote(folder: Path) -> Path:
    """Build what the remote has, and return the folder of the site."""
    run_command(folder, "git", "clone", "--quiet", "remote.git", "published")
    build(folder / "published", folder / "out", today=TODAY)
    return folder / "out" / "site"


def list_versions(site: Path) -> tuple[tuple[str, ...], ...]:
    """Return the number, level, days and state of each version."""
    log = json.loads((site / "api" / "versions.json").read_bytes())
    return tuple(
        (row["version"], row["level"], row["published"], row["effective"], describe_state(log, row))
        for row in log["versions"]
    )


def describe_state(log: dict[str, Any], row: dict[str, Any]) -> str:
    """Return the state of a version on the day of the build."""
    if row["version"] == log["in_force"]:
        return "in force"
    if row["version"] in log["upcoming"]:
        return "upcoming"
    if row.get("withdrawn_by"):
        return "withdrawn"
    return "superseded" if row["superseded"] else "former"
