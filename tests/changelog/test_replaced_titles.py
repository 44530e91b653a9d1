"""A title with no word in common with the one before."""

from __future__ import annotations

from changelog.redline import compute_redline
from policy.document import Document, RenderedSection


def _titled(title: str) -> Document:
    return Document("nb", (RenderedSection("a", 1, title, "nb", (), ()),))


def test_a_title_that_is_replaced_does_not_stick_to_the_old_one():
    (change,) = compute_redline(_titled("Gammelt navn"), _titled("Helt andre ord her"), {})
    assert "".join(run.text for run in change.title) == "Gammelt navn Helt andre ord her"


def test_a_title_that_changes_in_part_gets_no_blank_in_front():
    (change,) = compute_redline(_titled("Det gamle navnet"), _titled("Det nye navnet"), {})
    assert "".join(run.text for run in change.title) == "Det gamle nye navnet"
