"""One edit of every kind in every channel, judged by what is known of the edit."""

from __future__ import annotations

import pytest

from tests.redline.trials import KINDS, run_trial


@pytest.mark.cases_in_ci(
    "word replaced",
    "paragraph moved and edited",
    "link target changed",
    "item nested",
    "row changed beside a deleted one",
    "section split",
    "fact changed",
)
@pytest.mark.parametrize("kind", KINDS)
def test_an_edit_is_right_in_every_channel(kind, tmp_path):
    assert run_trial(kind, f"{kind} 1-0", tmp_path / "site").complaints == ()


def test_the_command_shows_the_same_as_the_functions(tmp_path):
    trial = run_trial("paragraph moved and edited", "as a command", tmp_path / "site", by_command=True)
    assert trial.complaints == ()
