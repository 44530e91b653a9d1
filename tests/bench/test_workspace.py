"""The workspace of the benchmarks is created once, completely, and reset before each run."""

from __future__ import annotations

import pytest

from bench import workspace
from bench.timing import run
from bench.workspace import EXTRA_COMMITS, Workspace
from tests.helpers.cli import run_command


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    monkeypatch.setitem(workspace.SIZES, "tiny", (8, 12))
    return Workspace("tiny", tmp_path)


def _behind(repository, ref):
    return int(run_command(repository, "git", "rev-list", "--count", f"{ref}..main"))


def test_branches_stand_at_the_last_version_and_at_a_quarter(tiny):
    tiny.prepare()
    assert _behind(tiny.repository, "whole") == _behind(tiny.repository, "one-more") == EXTRA_COMMITS
    assert _behind(tiny.repository, "quarter") == EXTRA_COMMITS + 6


def test_one_more_goes_ahead_by_one_commit_and_begins_anew_each_time(tiny):
    tiny.prepare()
    for start, branch, left in (
        ("whole", "one-more", EXTRA_COMMITS),
        ("quarter", "one-more-at-a-quarter", EXTRA_COMMITS + 6),
    ):
        run(tiny.incremental_build_command(start).prepare)
        run(tiny.incremental_build_command(start).prepare)
        assert _behind(tiny.repository, branch) == left - 2
    tiny.prepare()
    assert _behind(tiny.repository, "one-more") == EXTRA_COMMITS


def test_what_was_stopped_half_way_is_made_anew(tiny, monkeypatch):
    def stopped(folder, _):
        folder.mkdir(parents=True)
        (folder / "half").touch()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("bench.history.create_repository", stopped)
        with pytest.raises(KeyboardInterrupt):
            tiny.prepare_long_history()
    tiny.prepare_long_history()
    assert int(run_command(tiny.long_history, "git", "rev-list", "--count", "main")) == 12
    assert not (tiny.long_history / "half").exists()
