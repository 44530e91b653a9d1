"""Any colour of an organisation becomes colours that can be read, and only the pages' own paper counts."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.colours import DEFAULT_COLOUR, Scheme, choose_ink, compute_contrast, derive_colours
from tests.helpers.environment import REPOSITORY
from tests.helpers.factories import property_settings

_VALUES = (REPOSITORY / "templates" / "styles" / "10-values.css").read_text("utf-8")
_BLOCKS = dict(zip(Scheme, re.findall(r":root \{(.*?)\}", _VALUES, re.DOTALL), strict=True))
COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def _read_values(scheme: Scheme) -> dict[str, str]:
    found = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]+);", _BLOCKS[scheme]))
    return {
        name: value if len(value) == 7 else re.sub(r"(\w)", r"\1\1", value) for name, value in found.items()
    }


@property_settings
@given(colour=COLOURS)
def test_every_colour_can_be_read_as_links_and_seen_as_lines(colour):
    for scheme in Scheme:
        link, line = derive_colours(colour, scheme)
        assert all(compute_contrast(link, surface) >= 4.5 for surface in scheme.surfaces)
        assert all(compute_contrast(line, surface) >= 3 for surface in scheme.surfaces)
        # The text of a button is the paper on the colour of links.
        assert compute_contrast(link, _read_values(scheme)["paper"]) >= 4.5
    assert compute_contrast(choose_ink(colour), colour) >= 4.5


@pytest.mark.parametrize("colour", [DEFAULT_COLOUR, "#005b52", "#7a1f3d"])
def test_a_dark_colour_is_used_as_it_is_on_light_pages(colour):
    assert derive_colours(colour, Scheme.LIGHT) == (colour, colour)


def test_contrast_is_that_of_wcag():
    assert compute_contrast("#000000", "#ffffff") == pytest.approx(21)
    assert compute_contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("scheme", Scheme)
def test_the_surfaces_are_those_of_the_style_sheet(scheme):
    values = _read_values(scheme)
    assert scheme.surfaces == (values["paper"], values["tint"], values["coming-tint"])


@pytest.mark.parametrize("scheme", Scheme)
def test_marks_stand_out_from_the_paper_and_are_read_on_their_tint(scheme):
    values = _read_values(scheme)
    for mark in ("added", "deleted", "moved"):
        assert compute_contrast(values[f"{mark}-tint"], values["paper"]) >= 1.3, mark
        assert compute_contrast(values[mark], values[f"{mark}-tint"]) >= 4.5, mark


@pytest.mark.parametrize("scheme", Scheme)
def test_secondary_text_has_more_contrast_than_it_must(scheme):
    quiet = _read_values(scheme)["quiet"]
    assert min(compute_contrast(quiet, surface) for surface in scheme.surfaces) >= 7
