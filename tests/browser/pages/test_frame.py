"""The frame as readers meet it: what a page asks for, the language switch, the skip link, the measure."""

from __future__ import annotations

import re

import pytest

_DESKTOP = {"viewport": {"width": 1280, "height": 900}}
_STILL = {**_DESKTOP, "reduced_motion": "reduce"}
_WITHOUT_SCRIPT = {**_STILL, "java_script_enabled": False}
_ENGLISH = ".languages a[hreflang=en]"
_LINE_LENGTHS = """[...document.querySelectorAll('section[id] > p, [data-note] > p')].flatMap(paragraph => {
  const range = document.createRange();
  const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
  const lengths = new Map();
  while (walker.nextNode()) {
    for (let place = 0; place < walker.currentNode.length; place++) {
      range.setStart(walker.currentNode, place);
      range.setEnd(walker.currentNode, place + 1);
      const top = Math.round(range.getBoundingClientRect().top / 10);
      lengths.set(top, (lengths.get(top) ?? 0) + 1);
    }
  }
  return [...lengths.values()].slice(0, -1);
})"""


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("reader", [{"java_script_enabled": False}], indirect=True)
@pytest.mark.parametrize("path", ["", "endringslogg/", "404.html"])
def test_a_page_asks_for_a_style_sheet_and_an_icon_and_nothing_else(sites, reader, path):
    asked = []
    reader.on("request", lambda request: asked.append(request.url.removeprefix(sites["own"].address)))
    reader.goto(sites["own"].address + path, wait_until="networkidle")
    assert len(asked) <= 3
    assert all(re.fullmatch(r"assets/(style|icon)\.[0-9a-f]{12}\.(css|svg)", name) for name in asked[1:]), (
        asked
    )


@pytest.mark.long
@pytest.mark.parametrize("reader", [_STILL], indirect=True)
def test_the_language_switch_stays_at_the_section_that_is_being_read(sites, reader):
    reader.goto(sites["own"].address)
    section = reader.evaluate("document.querySelectorAll('article > section')[5].id")
    reader.evaluate("id => document.getElementById(id).scrollIntoView()", section)
    # A click would scroll to the link first.
    reader.eval_on_selector(_ENGLISH, "link => link.click()")
    reader.wait_for_url("**/en/*")
    assert reader.url == f"{sites['own'].address}en/#{section}"
    assert 0 <= reader.locator(f"[id='{section}']").bounding_box()["y"] < 300


@pytest.mark.parametrize("reader", [_STILL], indirect=True)
def test_the_language_switch_keeps_the_place_that_the_address_names(sites, reader):
    reader.goto(sites["own"].address + "#sikkerhet")
    reader.eval_on_selector(_ENGLISH, "link => link.click()")
    reader.wait_for_url("**/en/*")
    assert reader.url.endswith("/en/#sikkerhet")


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("reader", [_STILL, _WITHOUT_SCRIPT], indirect=True)
def test_from_the_top_or_without_javascript_the_switch_leads_to_the_page(sites, reader):
    reader.goto(sites["own"].address)
    reader.locator(_ENGLISH).click()
    reader.wait_for_url("**/en/")
    assert reader.locator("html[lang=en]").count() == 1


@pytest.mark.long
@pytest.mark.parametrize("reader", [{"viewport": {"width": 320, "height": 700}}, _DESKTOP], indirect=True)
def test_the_skip_link_is_out_of_sight_until_it_has_the_focus_also_in_large_text(sites, reader):
    for path in ("", "404.html"):
        reader.goto(sites["own"].address + path)
        reader.evaluate("document.documentElement.style.fontSize = '200%'")
        box = reader.locator(".skip").bounding_box()
        assert box["width"] <= 1
        assert box["height"] <= 1
        reader.keyboard.press("Tab")
        assert reader.locator(".skip").bounding_box()["height"] > 40


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("reader", [_DESKTOP, {"viewport": {"width": 1920, "height": 1080}}], indirect=True)
@pytest.mark.parametrize("path", ["", "endringslogg/"])
def test_full_lines_of_text_have_66_characters_at_most_on_average(sites, reader, path):
    reader.goto(sites["own"].address + path)
    lengths = reader.evaluate(_LINE_LENGTHS)
    assert len(lengths) > 20
    assert sum(lengths) / len(lengths) <= 66


def test_sizes_of_text_are_those_of_the_design(sites, reader):
    reader.set_viewport_size(_DESKTOP["viewport"])
    reader.goto(sites["own"].address)

    def size(words: str) -> float:
        return reader.locator(words).first.evaluate("one => parseFloat(getComputedStyle(one).fontSize) / 16")

    assert size("h1") == pytest.approx(2.6)
    assert size("article > section > h2") == pytest.approx(1.4)
    reader.set_viewport_size({"width": 390, "height": 844})
    assert size("h1") < 2


@pytest.mark.parametrize("reader", [{**_DESKTOP, "forced_colors": "active"}], indirect=True)
def test_in_forced_colours_only_the_current_tab_has_a_line(sites, reader):
    reader.goto(sites["own"].address)
    widths = reader.eval_on_selector_all(
        ".tabs a", "tabs => tabs.map(tab => getComputedStyle(tab).borderBottomWidth)"
    )
    assert widths == ["3px", "0px", "0px", "0px"]
