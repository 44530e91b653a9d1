"""The commands of docs/history.md, run one after the other as they stand there, adopt older versions."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

from policy.yaml_reader import parse_yaml
from tests.helpers.cli import create_history, read_versions
from tests.helpers.environment import GIT_ENVIRONMENT, REPOSITORY, neutral_environment
from tests.helpers.quoted_code import read_quoted_code

PAGE = "history.md"
POLICY = """
git init --quiet --initial-branch main .
git config user.name Redaksjonen
git config user.email redaksjonen@example.no
settings "nb, en" "authority: {name: Datatilsynet, url: https://www.datatilsynet.no}"
commit 2026-01-05
"""
NORWEGIAN = "# Kontakt\n\nSkriv til Eksempel AS, post@example.no.\n\n# Lagring\n\nVi lagrer navnet ditt.\n"
ENGLISH = "# Contact\n\nWrite to Eksempel AS, post@example.no.\n\n# Storage\n\nWe keep your name.\n"
WEBSITE = f"""
git init --quiet .
printf '%s' {shlex.quote(NORWEGIAN)} > personvern.md
printf '%s' {shlex.quote(ENGLISH)} > privacy.md
commit 2018-05-25
"""


def run(folder: Path, name: str) -> str:
    """Run the commands of a block in a folder; return what they print."""
    code = read_quoted_code(PAGE, name).replace(
        "python build.py", f"{shlex.quote(sys.executable)} {shlex.quote(str(REPOSITORY / 'build.py'))}"
    )
    done = subprocess.run(
        ["bash", "-euc", code],
        cwd=folder,
        env=neutral_environment(**GIT_ENVIRONMENT),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, (name, done.stdout, done.stderr)
    return done.stdout


def test_the_page_is_followed_from_the_plan_to_the_site(tmp_path):
    create_history(tmp_path / "policy", POLICY)
    older = tmp_path / "older"
    older.mkdir()
    (older / "2018-05-25.nb.md").write_text(NORWEGIAN, encoding="utf-8")
    (older / "2019-09-01.nb.md").write_text(NORWEGIAN.replace("navnet", "navn og e-post"), encoding="utf-8")
    (older / "2019-09-01.en.md").write_text(ENGLISH, encoding="utf-8")
    (older / "2021-03-15.en.md").write_text("# Draft\n\nNothing yet.\n", encoding="utf-8")
    assert "versions 3" in run(tmp_path, "history: plan")
    assert (tmp_path / "older.html").exists()
    complete_plan(tmp_path / "older.yaml")
    assert "versions 2, every word proved" in run(tmp_path, "history: write")
    assert "versions  2 written" in run(tmp_path, "history: go on")
    first, second = read_versions(tmp_path / "out")["versions"]
    assert (first["published"], second["effective"], second["level"]) == ("2018-05-25", "2019-10-01", "major")
    assert second["imported"]
    assert second["languages"]["en"]["summary"] == "We began to send a newsletter."
    assert list((tmp_path / "out" / "letters").iterdir()) == []


def complete_plan(plan: Path) -> None:
    """Give the versions on the page the rows that stand there."""
    rows = read_quoted_code(PAGE, "history: row").partition("versions:\n")[2]
    parse_yaml(f"versions:\n{rows}", "row")
    head = plan.read_text("utf-8").partition('  - version: "2019-09-01"')[0]
    plan.write_text(head + rows, encoding="utf-8")


def test_a_repository_is_planned_by_the_names_of_its_files(tmp_path):
    create_history(tmp_path / "policy", POLICY)
    create_history(tmp_path / "website", WEBSITE)
    assert "versions 1" in run(tmp_path, "history: repository")
