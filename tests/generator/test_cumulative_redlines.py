"""The sections of a redline are the same on every page, whatever text moved from one section to another."""

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


def render_pages(old, *pages) -> list[list[tuple[str, str]]]:
    """Return what each page, from an old document to a new one, shows of each section."""
    pairs = [list(pair_sections(old, new, {})) for new in pages]
    redlines = CumulativeRedlines(RENDERER)
    redlines.render_pairs((("nb", pair) for page in pairs for pair in page), jobs=1)
    return [
        [(section.redline, section.before_after) for section in redlines.get_section_redlines("nb", page)]
        for page in pairs
    ]


def rendered_directly(old, new) -> list[tuple[str, str]]:
    changes = views.render_section_redlines(RENDERER, "nb", compute_redline(old, new, {}))
    return [(section.redline, section.before_after) for section in changes]


@property_settings
@given(edits())
def test_the_sections_of_a_page_are_those_of_its_redline(pair):
    old, new = pair
    assert render_pages(old, new) == [rendered_directly(old, new)]


def test_a_block_that_moved_to_another_section_is_marked_on_that_page_only():
    old = create_document({"a": [LONG, "Noe."], "b": ["Annet."]})
    gone = create_document({"a": ["Noe."], "b": ["Annet."]})
    moved = create_document({"a": ["Noe."], "b": ["Annet.", LONG]}).reuse_unchanged_sections(gone)
    without, there, back = render_pages(old, gone, moved, gone)
    assert there == rendered_directly(old, moved)
    assert [("moved" in section) for section, _ in there] == [True, True]
    assert without == back == rendered_directly(old, gone)
    assert [("moved" in section) for section, _ in without] == [False, False]


def test_a_pair_of_sections_is_rendered_once_for_all_pages(monkeypatch):
    rendered = []
    render = views.render_section_redline
    monkeypatch.setattr(
        views, "render_section_redline", lambda *arguments: rendered.append(arguments) or render(*arguments)
    )
    old, new = create_document({"a": ["Noe."]}), create_document({"a": ["Nytt."]})
    first, second = render_pages(old, new, new)
    assert first == second
    assert len(rendered) == 1
