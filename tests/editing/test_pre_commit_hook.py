"""hooks/pre-commit in a content repository of its own, whose path and that of the tool have spaces."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.editing.conftest import Editor
from tests.helpers.environment import REPOSITORY
from tests.helpers.quoted_code import read_quoted_code

NB = "---\ntitle: Lagring\n---\n\n{{ controller.name }} lagrer navn og telefon.\n"
EN = "---\ntitle: Storage\n---\n\n{{ controller.name }} stores names and phones.\n"
NOTE = "level: minor\nsummary: {nb: Telefon er med., en: Phones are there.}\n"


def install_copy(hooks: Path, tool: Path) -> None:
    code = read_quoted_code("reference/commands.md", "pre-commit hook")
    code = code.replace("/path/to/klartekst", shlex.quote(str(tool)))
    subprocess.run(["sh", "-euc", code], cwd=hooks.parent.parent, check=True)


def install_link(hooks: Path, tool: Path) -> None:
    (hooks / "pre-commit").symlink_to(tool / "hooks" / "pre-commit")


def set_hooks_path(hooks: Path, tool: Path) -> None:
    subprocess.run(["git", "config", "core.hooksPath", tool / "hooks"], cwd=hooks.parent.parent, check=True)


@pytest.fixture(params=[install_copy, install_link, set_hooks_path])
def guarded(editor, request, tmp_path_factory, monkeypatch) -> Editor:
    """Move the policy to a folder whose name has spaces, and install the hook there."""
    folder = tmp_path_factory.mktemp("in") / "the policy of 'us'"
    shutil.move(editor.source, folder)
    tool = tmp_path_factory.mktemp("tool") / "the tool"
    tool.symlink_to(REPOSITORY)
    (folder / ".git" / "hooks").mkdir(exist_ok=True)
    request.param(folder / ".git" / "hooks", tool)
    # Where the tool has no .venv of its own, the hook runs python3.
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    return Editor(folder)


def commit(editor: Editor, *options: str) -> subprocess.CompletedProcess[str]:
    command = ["git", "commit", "-m", "edit", *options]
    return subprocess.run(command, cwd=editor.source, capture_output=True, text=True, check=False)


@pytest.mark.cases_in_ci
def test_a_text_is_committed_only_with_its_note(guarded):
    guarded.write("nb/01-lagring.md", NB)
    guarded.write("en/01-lagring.md", EN)
    guarded.write("changes/a.yaml", NOTE)
    refused = commit(guarded, "-a")
    assert refused.returncode == 1
    assert "[unnoted-change]" in refused.stderr
    guarded.git("add", "content")
    assert commit(guarded).returncode == 0


@pytest.mark.cases_in_ci
def test_a_commit_of_named_files_is_checked_by_itself(guarded):
    guarded.write("nb/01-lagring.md", NB)
    guarded.write("en/01-lagring.md", EN)
    guarded.write("changes/a.yaml", NOTE)
    guarded.git("add", "content")
    assert commit(guarded, "--only", "content/nb", "content/en").returncode == 1
    assert commit(guarded, "--only", "content").returncode == 0


def test_a_commit_of_other_files_is_not_checked(guarded):
    guarded.write("nb/01-lagring.md", NB)
    (guarded.source / "readme.txt").write_text("one\n")
    guarded.git("add", "readme.txt")
    done = commit(guarded)
    assert (done.returncode, "unnoted" in done.stderr) == (0, False)


@pytest.mark.cases_in_ci
def test_a_policy_below_the_top_is_checked(guarded):
    (guarded.source / "the policy").mkdir()
    guarded.git("mv", "content", "the policy/content")
    guarded.git("config", "klartekst.source", "the policy")
    (guarded.source / "the policy" / "content" / "policy.yaml").write_text("title: A\n")
    guarded.git("add", ".")
    done = commit(guarded)
    assert done.returncode == 1
    assert "content/policy.yaml:1:1: error: the key 'base_url' is missing" in done.stderr


def test_a_tool_that_is_not_there_is_one_line(guarded):
    guarded.git("config", "klartekst.folder", "/no where")
    guarded.write("nb/01-lagring.md", NB)
    done = commit(guarded, "-a")
    assert done.returncode == 1
    assert done.stderr == "klartekst is not in '/no where'; run: git config klartekst.folder FOLDER\n"
