"""What a reader does: on a phone, with larger text, with the keyboard, on paper, without JavaScript."""

from __future__ import annotations

import re

import pytest

_SITES = ["draft", "own"]
_PHONE = {"viewport": {"width": 320, "height": 700}}
_STILL_PHONE = {**_PHONE, "java_script_enabled": False, "reduced_motion": "reduce"}
_ORDINARY_PHONE = {"viewport": {"width": 390, "height": 844}}
_WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_LOST = """[...document.querySelectorAll('a[href^="#"]')].map(link => decodeURIComponent(link.hash.slice(1)))
  .filter(id => !document.getElementById(id))"""
_LONG_REDLINE = "versjon/2.0/endringer/"  # with collapsed passages
_FOCUSABLE = "a[href], summary, [tabindex='0'], input:checked"  # a group of choices is one stop
_WHERE = f"""(() => {{
  const all = [...document.querySelectorAll("{_FOCUSABLE}")];
  const style = getComputedStyle(document.activeElement);
  return [all.indexOf(document.activeElement), style.outlineStyle];
}})()"""
_SHOWN = f"""[...document.querySelectorAll("{_FOCUSABLE}")].map((one, number) => [one, number])
  .filter(([one]) => one.checkVisibility({{visibilityProperty: true}})).map(([_, number]) => number)"""
_UNSEEN_CHANGES = """[...document.querySelectorAll('article ins, article del')]
  .filter(change => !change.checkVisibility() || !change.getClientRects().length)
  .map(change => change.textContent)"""


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("reader", [_PHONE], indirect=True)
@pytest.mark.parametrize("site", _SITES)
def test_no_page_is_wider_than_a_small_phone(sites, reader, site):
    wider = {}
    for path in sites[site].kinds():
        reader.goto(sites[site].address + path)
        wider[path] = reader.evaluate(_WIDER)
    assert {path: much for path, much in wider.items() if much > 0} == {}


@pytest.mark.long
@pytest.mark.parametrize("reader", [{"viewport": {"width": 640, "height": 700}}], indirect=True)
def test_text_twice_as_large_widens_no_page(sites, reader):
    wider = {}
    for path in sites["draft"].kinds():
        reader.goto(sites["draft"].address + path)
        reader.evaluate("document.documentElement.style.fontSize = '200%'")
        wider[path] = reader.evaluate(_WIDER)
    assert {path: much for path, much in wider.items() if much > 0} == {}


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("site", _SITES)
def test_every_anchor_on_a_page_lands_on_it(sites, reader, site):
    lost = {}
    for path in sites[site].kinds():
        reader.goto(sites[site].address + path)
        lost[path] = reader.evaluate(_LOST)
    assert {path: ids for path, ids in lost.items() if ids} == {}


@pytest.mark.parametrize("reader", [_ORDINARY_PHONE], indirect=True)
def test_the_first_screen_of_a_phone_tells_the_version_and_what_is_coming_with_the_contents_a_tap_away(
    sites, reader
):
    reader.goto(sites["own"].address)
    for words in (".status", ".jump a", ".coming .day", ".coming :is(.facts .value, .what)"):
        box = reader.locator(words).first.bounding_box()
        assert box["y"] + box["height"] < _ORDINARY_PHONE["viewport"]["height"], words


@pytest.mark.long
@pytest.mark.parametrize("reader", [{**_ORDINARY_PHONE, "reduced_motion": "reduce"}], indirect=True)
def test_with_many_versions_to_come_the_contents_are_still_one_tap_away(sites, reader):
    reader.goto(sites["draft"].address)
    assert reader.locator(".coming").count() == 3
    jump = reader.locator(".jump a")
    assert jump.bounding_box()["y"] < _ORDINARY_PHONE["viewport"]["height"] / 2
    jump.click()
    assert 0 <= reader.locator("#_contents").bounding_box()["y"] < _ORDINARY_PHONE["viewport"]["height"] / 2


def test_the_skip_link_shows_itself_and_leads_past_the_menu(sites, reader):
    reader.goto(sites["own"].address)
    reader.keyboard.press("Tab")
    skip = reader.locator(".skip")
    assert skip.evaluate("link => link === document.activeElement")
    assert skip.bounding_box()["x"] >= 0
    reader.keyboard.press("Enter")
    assert reader.evaluate("document.activeElement.id") == "_main"
    reader.keyboard.press("Tab")
    assert reader.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("path", ["", "versjon/2.0/endringer/", "endringslogg/"])
def test_the_keyboard_meets_all_that_can_be_used_in_the_order_of_reading(sites, reader, path):
    reader.goto(sites["draft"].address + path)
    met, outlines = [], set()
    for _ in reader.evaluate(_SHOWN):
        reader.keyboard.press("Tab")
        number, outline = reader.evaluate(_WHERE)
        met.append(number)
        outlines.add(outline)
    assert met == reader.evaluate(_SHOWN)
    assert outlines == {"solid"}


@pytest.mark.parametrize("reader", [{"java_script_enabled": False}], indirect=True)
def test_without_javascript_collapsed_passages_open_and_anchors_lead(sites, reader):
    reader.goto(sites["own"].address + _LONG_REDLINE)
    collapsed = reader.locator("details.unchanged").first
    inside = collapsed.locator(":scope > :not(summary)").first
    assert not inside.is_visible()
    collapsed.locator("summary").focus()
    reader.keyboard.press("Enter")
    assert inside.is_visible()
    # By keyboard: the open passage has moved what is below it.
    reader.locator(".contents a").last.focus()
    reader.keyboard.press("Enter")
    reader.wait_for_url("**#*")
    assert reader.locator("section:target h2").first.is_visible()


@pytest.mark.long
@pytest.mark.parametrize("reader", [_STILL_PHONE], indirect=True)
def test_without_javascript_the_keyboard_goes_from_change_to_change_and_back(sites, reader):
    reader.goto(sites["draft"].address + "versjon/2.0/endringer/")
    total = reader.locator(".counter").count()
    assert total > 10
    reader.locator(".legend a").focus()
    for number in range(1, total + 1):
        reader.keyboard.press("Enter")
        reader.wait_for_url(f"**#_change-{number}")
        shown = reader.locator(":target")
        assert shown.inner_text().strip() == f"{number} av {total}"
        box = shown.bounding_box()
        assert 0 <= box["y"] < _PHONE["viewport"]["height"]
        if number < total:
            shown.locator("[rel=next]").focus()
    reader.locator(":target [rel=prev]").focus()
    reader.keyboard.press("Enter")
    reader.wait_for_url(f"**#_change-{total - 1}")


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("reader", [_PHONE, {}], indirect=True)
def test_links_between_changes_are_large_enough_for_a_thumb(sites, reader):
    reader.goto(sites["draft"].address + "versjon/2.0/endringer/")
    sizes = reader.evaluate(
        """[...document.querySelectorAll('.counter a, summary')].filter(one => one.checkVisibility())
        .map(one => one.getBoundingClientRect()).map(box => Math.min(box.width, box.height))"""
    )
    assert min(sizes) >= 24


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("site", _SITES)
def test_on_paper_no_change_is_hidden_and_the_menu_stays_away(sites, reader, site):
    reader.emulate_media(media="print")
    pages = [path for path in sites[site].kinds() if re.search("endringer|changes|siden|since", path)]
    assert pages
    for path in pages:
        reader.goto(sites[site].address + path)
        assert reader.locator("article ins, article del").count() > 0
        assert reader.evaluate(_UNSEEN_CHANGES) == []
        assert not reader.locator("header nav, .contents, .pairs").filter(visible=True).count()


@pytest.mark.long
def test_on_paper_nothing_is_left_out_but_unchanged_parts_of_a_redline(sites, reader):
    reader.emulate_media(media="print")
    for path in ("", "endringslogg/", "kommer/", "en/rights/"):
        reader.goto(sites["own"].address + path)
        collapsed = reader.locator("details.more:not([open]) > :not(summary)")
        assert collapsed.count()
        assert all(one.bounding_box() and one.bounding_box()["height"] for one in collapsed.all())


@pytest.mark.long
def test_on_paper_links_are_spelled_out_and_the_page_says_its_address(sites, reader):
    reader.emulate_media(media="print")
    reader.goto(sites["own"].address)
    link = reader.locator('article a[href^="https"]').first
    spelled = link.evaluate("link => getComputedStyle(link, '::after').content")
    assert link.get_attribute("href") in spelled.replace('" "', "")
    assert reader.locator(".paper").is_visible()


def test_on_paper_a_change_is_told_by_weight_and_line_without_colour(sites, reader):
    reader.emulate_media(media="print", color_scheme="dark")
    reader.goto(sites["own"].address + "versjon/2.0/endringer/")

    def look(words: str) -> tuple[str, str, str]:
        keys = ("color", "fontWeight", "textDecorationLine")
        return tuple(
            reader.locator(words).first.evaluate("(one, key) => getComputedStyle(one)[key]", k) for k in keys
        )

    assert look("article ins") == ("rgb(0, 0, 0)", "700", "underline")
    assert look("article del") == ("rgb(0, 0, 0)", "400", "line-through")


def test_a_small_change_takes_no_more_than_two_sheets(sites, reader):
    reader.goto(sites["own"].address + "versjon/2.0/endringer/")
    assert len(re.findall(rb"/Type\s*/Page\b", reader.pdf(format="A4"))) <= 2


_IS_CLIPPED = "element => element.scrollHeight > element.clientHeight + 1"


@pytest.mark.long
@pytest.mark.parametrize("reader", [_PHONE], indirect=True)
def test_a_moved_block_has_two_lines_at_its_old_place_until_a_link_leads_to_it(sites, reader):
    reader.goto(sites["draft"].address + "versjon/2.0/endringer/")
    old, new = reader.locator("p.moved-away"), reader.locator("p.moved-here")
    two_lines = old.bounding_box()["height"]
    assert two_lines < 60
    assert old.locator(".counter").is_visible()
    new.get_by_role("link", name="flyttet hit").click()
    assert old.bounding_box()["height"] > two_lines
    old.get_by_role("link", name="flyttet herfra").click()
    reader.wait_for_function("document.querySelector('p.moved-here:target')")
    assert old.bounding_box()["height"] == two_lines
    assert old.evaluate(_IS_CLIPPED)
    reader.emulate_media(media="print")
    assert not old.evaluate(_IS_CLIPPED)


@pytest.mark.long
def test_a_section_that_moved_shows_its_first_words_at_its_old_place(sites, reader):
    reader.goto(sites["draft"].address + "versjon/2.0/endringer/")
    old = reader.locator("section.moved-away")
    assert old.locator("p").first.is_visible()
    old.get_by_role("link", name="del flyttet herfra").click()
    assert reader.locator("section.moved-here h2").bounding_box()["y"] < 700


def test_a_footnote_leads_back_to_its_first_sign(sites, reader):
    reader.goto(sites["draft"].address)
    assert reader.locator('a[href="#om-note-1"]').count() == 2
    back = reader.locator("#om-note-1 .back")
    back.click()
    reader.wait_for_url("**#om-ref-1")
    assert reader.locator("#om-ref-1").count() == 1


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("path", ["", "kommer/", "versjon/2.0/endringer/", "endringslogg/"])
def test_an_address_in_what_readers_can_do_is_one_tap_and_its_words_stay(sites, reader, path):
    reader.goto(sites["own"].address + path)
    links = reader.locator(".action a[href='mailto:post@smbnorge.no']")
    assert links.count()
    assert set(links.all_text_contents()) == {"post@smbnorge.no"}
    assert "Skriv til post@smbnorge.no hvis" in reader.locator(".action").first.text_content()
