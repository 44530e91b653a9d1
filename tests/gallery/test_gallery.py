"""Every component in every state that it may have: built, opened in a browser and looked at."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.gallery.looks import AXE, STATES, find_problems, open_state
from tests.gallery.sites import Gallery, open_gallery
from tests.helpers.chromium import run_chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from tests.gallery.states import State

pytestmark = pytest.mark.xdist_group("gallery")  # one browser, and each site built once

_STATE = next(state for state in STATES if str(state) == "front page: one upcoming version")
_STYLE = """css => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [sheet];
}"""


@pytest.fixture(scope="module")
def gallery(tmp_path_factory) -> Iterator[Gallery]:
    with open_gallery(tmp_path_factory.mktemp("gallery")) as opened:
        yield opened


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    if not AXE.is_file():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("axe-core is missing: npm ci")
    with run_chromium() as browser:
        opened = browser.new_context(reduced_motion="reduce").new_page()
        opened.set_default_timeout(300_000)
        yield opened


@pytest.mark.cases_in_ci(
    "frame: long names",
    "front page: changed lately, more to come",
    "table: twelve columns",
    "upcoming: two days",
    "version: withdrawn",
    "changes: every kind of fact",
    "since: several days",
    "change log: corrections",
    "page not found: two languages",
    "letter: a change of facts",
    "dialog: three versions of one day, one of another",
)
@pytest.mark.parametrize("state", STATES, ids=str)
def test_a_component_is_whole_and_readable_in_each_of_its_states(page, gallery, state: State):
    open_state(page, gallery, state)
    assert list(find_problems(page, state)) == []


def test_what_is_collapsed_on_the_screen_is_open_on_paper(page, gallery):
    open_state(page, gallery, _STATE)
    last_row = page.get_by_text("Ta med deg opplysninger (dataportabilitet)").first
    assert not last_row.is_visible()
    page.emulate_media(media="print")
    assert last_row.is_visible()


def test_every_state_has_a_name_of_its_own():
    names = [str(state) for state in STATES]
    assert len(names) == len(set(names))


@pytest.mark.cases_in_ci
@pytest.mark.parametrize(
    ("css", "problem"),
    [
        (".facts { display: none }", "lacks 'Ny mottaker Sky Inc. (USA)'"),
        (".card { width: 600px }", "the page is wider than the screen on a phone"),
        (".card .label { width: 3rem; white-space: nowrap }", "spilled on a phone: "),
        (".status { color: #bbb }", 'color-contrast: <p class="status">'),
        (".status { font-size: 3rem; white-space: nowrap }", "wider than the screen in large text"),
        ("@media (width >= 1000px) { .card { margin-right: -900px } }", "wider than the screen on a desktop"),
        ("@media (prefers-color-scheme: dark) { .status { color: #333 } }", "color-contrast: "),
        ("@media (forced-colors: active) { .button { border: 0 } }", "no line in forced colours: "),
        ("@media print { .status { display: none } }", "on paper lacks "),
        ("@media print { .card { width: 60rem } }", "the page is wider than the screen on paper"),
    ],
)  # fmt: skip
def test_each_look_sees_what_is_wrong(page, gallery, css: str, problem: str):
    open_state(page, gallery, _STATE)
    page.evaluate(_STYLE, css)
    assert any(problem in found for found in find_problems(page, _STATE))
