"""What benchmarks stand on is made once, whole, and put back to its start."""

from __future__ import annotations

import pytest

from bench import ground
from bench.ground import MORE, Ground
from bench.paired import run
from tests.helpers.cli import run_command


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    monkeypatch.setitem(ground.SIZES, "tiny", (8, 12))
    return Ground("tiny", tmp_path)


def _behind(repository, ref):
    return int(run_command(repository, "git", "rev-list", "--count", f"{ref}..main"))


def test_branches_stand_at_the_last_version_and_at_a_quarter(tiny):
    tiny.lay()
    assert _behind(tiny.repository, "whole") == _behind(tiny.repository, "one-more") == MORE
    assert _behind(tiny.repository, "quarter") == MORE + 6


def test_one_more_goes_ahead_by_one_commit_and_begins_anew_each_time(tiny):
    tiny.lay()
    for start, branch, left in (("whole", "one-more", MORE), ("quarter", "one-more-at-a-quarter", MORE + 6)):
        run(tiny.one_more(start).prepare)
        run(tiny.one_more(start).prepare)
        assert _behind(tiny.repository, branch) == left - 2
    tiny.lay()
    assert _behind(tiny.repository, "one-more") == MORE


def test_what_was_stopped_half_way_is_made_anew(tiny, monkeypatch):
    def stopped(folder, _):
        folder.mkdir(parents=True)
        (folder / "half").touch()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("bench.history.make", stopped)
        with pytest.raises(KeyboardInterrupt):
            tiny.lay_long()
    tiny.lay_long()
    assert int(run_command(tiny.long, "git", "rev-list", "--count", "main")) == 12
    assert not (tiny.long / "half").exists()
