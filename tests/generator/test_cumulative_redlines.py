"""A redline of stored sections is the same redline, whatever text moved from one section to another."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given

from changelog.redline import compute_redline, pair_sections
from generator import views
from generator.cumulative_redlines import CumulativeRedlines
from generator.rendering import Renderer
from tests.changelog.test_redline import create_document, edits
from tests.helpers.factories import property_settings

RENDERER = Renderer(Path(__file__).parents[2] / "templates")
LONG = "Vi deler aldri dataene dine med andre."


def sections(old, new, stored=None) -> tuple[list[tuple[str, str]], CumulativeRedlines]:
    """Return what a page shows of each section, and the redlines that it was taken from."""
    pairs = list(pair_sections(old, new, {}))
    redlines = CumulativeRedlines(RENDERER, stored or {})
    redlines.render_pairs((("nb", pair) for pair in pairs), jobs=1)
    return [
        (section.redline, section.before_after) for section in redlines.get_section_redlines("nb", pairs)
    ], redlines


def rendered_directly(old, new) -> list[tuple[str, str]]:
    changes = views.render_section_redlines(RENDERER, "nb", compute_redline(old, new, {}))
    return [(section.redline, section.before_after) for section in changes]


@property_settings
@given(edits())
def test_the_sections_of_a_page_are_those_of_its_redline(pair):
    first, redlines = sections(*pair)
    assert first == rendered_directly(*pair)
    assert sections(*pair, redlines.export_plain_values())[0] == first


def test_a_block_that_moved_to_another_section_is_marked_on_that_page_only():
    old = create_document({"a": [LONG, "Noe."], "b": ["Annet."]})
    gone = create_document({"a": ["Noe."], "b": ["Annet."]})
    moved = (
        gone.reuse_unchanged_sections(gone),
        create_document({"a": ["Noe."], "b": ["Annet.", LONG]}).reuse_unchanged_sections(gone),
    )
    _, redlines = sections(old, moved[0])
    there, _ = sections(old, moved[1], redlines.export_plain_values())
    assert there == rendered_directly(old, moved[1])
    assert [("moved" in section) for section, _ in there] == [True, True]
    back, _ = sections(old, moved[0], redlines.export_plain_values())
    assert [("moved" in section) for section, _ in back] == [False, False]


def test_an_unchanged_section_is_not_rendered_again():
    old, new = (
        create_document({"a": ["Noe."], "b": ["Annet."]}),
        create_document({"a": ["Nytt."], "b": ["Annet."]}),
    )
    _, redlines = sections(old, new)
    stored = {
        key: ({**row[0], "redline": "stored"}, *row[1:])
        for key, row in redlines.export_plain_values().items()
    }
    assert [section for section, _ in sections(old, new, stored)[0]] == ["stored", "stored"]


def test_only_what_this_build_needs_is_stored():
    old, new = create_document({"a": ["Noe."]}), create_document({"a": ["Nytt."]})
    _, redlines = sections(old, new)
    _, again = sections(new, old, redlines.export_plain_values())
    assert again.export_plain_values().keys() == {("nb", pair) for pair in pair_sections(new, old, {})}
