"""A title with no word in common with the one before."""

from __future__ import annotations

from changelog.redline import compute_redline
from policy.document import Document, RenderedSection


def _titled(title: str) -> Document:
    return Document("nb", (RenderedSection("a", 1, title, "nb", (), ()),))


def test_a_replaced_title_is_separated_from_the_old_one():
    (change,) = compute_redline(_titled("Gammelt navn"), _titled("Helt andre ord her"), {})
    assert "".join(run.text for run in change.title) == "Gammelt navn Helt andre ord her"


def test_a_partly_changed_title_gets_no_leading_space():
    (change,) = compute_redline(_titled("Det gamle navnet"), _titled("Det nye navnet"), {})
    assert "".join(run.text for run in change.title) == "Det gamle nye navnet"
