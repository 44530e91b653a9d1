"""Content written with a release builds with every later one, and what was published stays as it is.

`release_0_1/` has the content of a policy as `new` of release 0.1 wrote it, its first change, and the log
that this release published. Never change what is there: add the folder of the next release.
"""

from __future__ import annotations

import json
import shutil
from datetime import date
from typing import TYPE_CHECKING

import pytest

from editing.checking import check_content
from tests.helpers.cli import run_command
from tests.helpers.environment import REPOSITORY
from tests.helpers.in_process import build

if TYPE_CHECKING:
    from pathlib import Path

_RELEASES = sorted((REPOSITORY / "tests" / "adoption").glob("release_*"))
_DAYS = {"first": "2026-11-02", "second": "2026-11-26"}


@pytest.fixture(params=_RELEASES, ids=lambda path: path.name)
def release(request, tmp_path) -> tuple[Path, Path]:
    """The folder of a release, and a repository with its content."""
    source = tmp_path / "source"
    source.mkdir()
    run_command(source, "git", "init", "--quiet", "--initial-branch", "main", ".")
    for name, day in _DAYS.items():
        shutil.copytree(request.param / name, source, dirs_exist_ok=True)
        run_command(source, "git", "add", "--all")
        moment = f"{day}T12:00:00+01:00"
        run_command(
            source, "git", "commit", "--quiet", "--message", name,
            GIT_AUTHOR_DATE=moment, GIT_COMMITTER_DATE=moment,
        )  # fmt: skip
    return request.param, source


def test_content_of_an_earlier_release_publishes_the_log_that_it_published_then(release, tmp_path):
    folder, source = release
    published = folder / "log.json"
    build(source, tmp_path / "out", today="2026-11-26", published=str(published))
    log = json.loads((tmp_path / "out" / "site" / "api" / "log.json").read_bytes())
    assert log["entries"] == json.loads(published.read_bytes())["entries"]
    assert [entry.get("version") for entry in log["entries"]] == ["1.0", "2.0"]


def test_check_finds_no_error_in_content_of_an_earlier_release(release):
    findings = check_content(release[1], date(2026, 11, 26))
    assert [str(finding) for finding in findings if finding.severity == "error"] == []
