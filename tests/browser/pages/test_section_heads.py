"""The head of a section on the front page: its own link and its last change, and what its old anchor says."""

from __future__ import annotations

import pytest

_PHONE = {"viewport": {"width": 390, "height": 844}}
_WITHOUT_SCRIPTS = {**_PHONE, "java_script_enabled": False}
_REMOVED = "#sletting-av-opplysninger"


@pytest.mark.parametrize("reader", [_PHONE], indirect=True)
def test_below_its_title_a_section_links_to_itself_and_to_its_last_change(sites, reader):
    reader.goto(sites["own"].address)
    heads = reader.locator("article > section > h2 + .section-links")
    assert heads.count() == reader.locator("article > section").count() == 10
    link = heads.first.get_by_role("link", name="Lenke til denne delen")
    assert link.get_attribute("href") == "#behandlingsansvarlig"
    assert heads.first.get_by_role("link", name="Sist endret").count() == 1
    assert reader.locator(".contents .changed").count() == 0


@pytest.mark.parametrize("reader", [_WITHOUT_SCRIPTS], indirect=True)
def test_without_scripts_the_contents_say_when_a_section_last_changed(sites, reader):
    reader.goto(sites["own"].address)
    assert reader.locator(".contents .changed").first.is_visible()


@pytest.mark.long
@pytest.mark.parametrize("reader", [_PHONE], indirect=True)
def test_the_line_of_a_removed_section_is_seen_by_who_comes_for_it(sites, reader):
    reader.goto(sites["own"].address)
    assert not reader.locator(_REMOVED).is_visible()
    reader.goto(sites["own"].address + _REMOVED)
    reader.reload()
    assert reader.locator(_REMOVED).is_visible()
    assert "ble fjernet" in reader.locator(_REMOVED).inner_text()
