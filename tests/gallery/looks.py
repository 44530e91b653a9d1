"""What is looked at in every state: words, width, larger text, forced colours, paper, and what axe finds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.gallery.change_states import CHANGE_STATES
from tests.gallery.front_states import FRONT_STATES
from tests.gallery.other_states import OTHER_STATES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Locator, Page

    from tests.gallery.sites import Gallery
    from tests.gallery.states import State

STATES = (*FRONT_STATES, *CHANGE_STATES, *OTHER_STATES)
AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
_PHONE, _DESKTOP = {"width": 320, "height": 700}, {"width": 1280, "height": 900}
_LARGE_TEXT = {"width": 640, "height": 700}
_PAPER = {"width": 672, "height": 970}  # A4 within its margins
_SCREEN_ONLY = frozenset({"contents", "frame"})
_MESSAGES = frozenset({"letter", "feed entry"})
_RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
}
# Landmarks are those of the mail program or the reader of feeds.
_RULES_OF_MESSAGES = {**_RULES, "rules": {"target-size": {"enabled": True}, "region": {"enabled": False}}}
_COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
_RUN = """async ([part, rules]) => {
  const found = await axe.run(part, {...rules, resultTypes: ["violations"]});
  return found.violations.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.html}`));
}"""
_WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
# Elements whose words do not fit into them.
_SPILLED = """part => [part, ...part.querySelectorAll("*")].filter(one => {
  const style = getComputedStyle(one);
  const isBox = style.overflowX === "visible" && !/^(inline|contents|none)$/.test(style.display);
  return isBox && one.clientWidth > 0 && one.scrollWidth > one.clientWidth + 1;
}).map(one => one.outerHTML.slice(0, 200))"""
# What is told by its background must be told by a line too, where backgrounds are taken away.
_LINELESS = """part => [...part.querySelectorAll(
  ".card, .action, .archive, .button, .level, .state")].filter(one => {
  const style = getComputedStyle(one);
  return !["Top", "Right", "Bottom", "Left"].some(side =>
    style[`border${side}Style`] === "solid" && style[`border${side}Color`] !== style.backgroundColor);
}).map(one => one.outerHTML.slice(0, 200))"""


def open_state(page: Page, gallery: Gallery, state: State) -> None:
    """Open the page of a state on a phone, on the day on which its site was built."""
    page.emulate_media(media="screen", forced_colors="none", color_scheme="light")
    page.set_viewport_size(_PHONE)
    page.clock.set_fixed_time(f"{state.site.day}T12:00:00Z")
    page.goto(gallery.find_address(state))
    page.locator(state.selector).first.wait_for(state="attached")


def find_problems(page: Page, state: State) -> Iterator[str]:
    """Yield all that is wrong with the component of a state, whose page is open."""
    part = page.locator(state.selector).first
    yield from _read(part, state)
    yield from _measure(page, part, "on a phone")
    yield from _judge(page, state, _RULES_OF_MESSAGES if state.component in _MESSAGES else _RULES)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    page.set_viewport_size(_LARGE_TEXT)
    yield from _measure(page, part, "in large text")
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.set_viewport_size(_DESKTOP)
    yield from _measure(page, part, "on a desktop")
    page.emulate_media(color_scheme="dark")
    yield from _judge(page, state, _COLOURS)
    page.emulate_media(color_scheme="light", forced_colors="active")
    yield from (f"no line in forced colours: {one}" for one in part.evaluate(_LINELESS))
    page.emulate_media(media="print", forced_colors="none")
    page.set_viewport_size(_PAPER)
    yield from _measure(page, part, "on paper")
    if state.component not in _SCREEN_ONLY:
        # Links to other pages and buttons stay away.
        yield from (f"on paper {fault}" for fault in _read(part, state._replace(shows=state.shows[:1])))


def _read(part: Locator, state: State) -> Iterator[str]:
    words = " ".join(part.inner_text().split())
    yield from (f"lacks {one!r}" for one in state.shows if one not in words)
    yield from (f"shows {one!r}" for one in state.lacks if one in words)


def _measure(page: Page, part: Locator, where: str) -> Iterator[str]:
    if page.evaluate(_WIDER):
        yield f"the page is wider than the screen {where}"
    yield from (f"spilled {where}: {one}" for one in part.evaluate(_SPILLED))


def _judge(page: Page, state: State, rules: object) -> Iterator[str]:
    """Yield what axe finds in the component; a notice is in the shadow of its element."""
    if not page.evaluate("window.axe !== undefined"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
        # The paper of a message is the browser's, which axe takes for white in the dark too.
        page.evaluate("document.documentElement.style.background = 'Canvas'")
    element = state.selector.partition(" ")[0] if "policy-notice" in state.selector else state.selector
    yield from page.evaluate(_RUN, [element, rules])
