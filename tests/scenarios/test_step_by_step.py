"""Every history gives the same built up to the last commit but one and then to the last as built at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from common.errors import InputError
from tests.helpers.cli import create_history, hash_files, run_command
from tests.helpers.in_process import build

SCENARIOS = sorted(path.parent for path in Path(__file__).parent.glob("*/history.sh"))


def build_at(source: Path, out: Path, commit: str) -> dict[str, str] | str:
    """Return what a build of a commit publishes, or why it is refused."""
    try:
        build(source, out, ref=commit)
    except InputError as error:
        return str(error)
    return {
        part + path: digest
        for part in ("site/", "letters/")
        for path, digest in hash_files(out / part).items()
    }


@pytest.mark.cases_in_ci(
    "cherry-pick",
    "corrected-in-force",
    "languages-reordered",
    "octopus",
    "overtaken",
    "period",
    "revert",
    "withdrawn-one-of-two",
)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.name)
def test_a_commit_more_gives_what_the_whole_history_gives(scenario, tmp_path):
    source = create_history(tmp_path / "source", (scenario / "history.sh").read_text(encoding="utf-8"))
    commits = run_command(source, "git", "rev-list", "--first-parent", "HEAD", "--", "content").split()
    last, *earlier = commits
    for commit in earlier[:1]:
        build_at(source, tmp_path / "out", commit)
    assert build_at(source, tmp_path / "out", last) == build_at(source, tmp_path / "clean", last)
