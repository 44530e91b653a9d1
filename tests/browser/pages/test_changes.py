"""Pages about changes on a phone: their first screens, the words read aloud first, what can be chosen."""

from __future__ import annotations

import re

import pytest

_PHONE = {"viewport": {"width": 390, "height": 844}}
_TOP = "document.querySelector('{}').getBoundingClientRect().top + scrollY"
_SHOWN = """[...document.querySelectorAll('.log li[id]')].filter(entry => entry.checkVisibility())
  .map(entry => entry.dataset.level)"""
_DAYS = "[...document.querySelectorAll('.log > li')].filter(day => day.checkVisibility()).length"
_SPOKEN = 60  # words from the beginning of what is the page's own


@pytest.mark.long
@pytest.mark.parametrize("reader", [_PHONE], indirect=True)
@pytest.mark.parametrize("site", ["draft", "own"])
def test_the_redline_since_a_version_begins_within_three_screens_of_a_phone(sites, reader, site):
    for path in (path for path in sites[site].kinds() if re.search(r"/(siden|since)/", path)):
        reader.goto(sites[site].address + path)
        assert reader.evaluate(_TOP.format("article.redline")) < 2.5 * 844, path


@pytest.mark.long
@pytest.mark.parametrize("reader", [_PHONE], indirect=True)
def test_a_version_that_does_not_apply_says_so_wherever_it_is_entered(sites, reader):
    for anchor in ("", "#deling"):
        reader.goto(f"{sites['own'].address}versjon/1.5/{anchor}")
        bar = reader.locator(".archive")
        assert bar.inner_text().startswith("Dette er en arkivert versjon.")
        box = bar.bounding_box()
        assert 0 <= box["y"] < 844 / 2
    bar.get_by_role("link").click()
    assert reader.url.partition("#")[0] == sites["own"].address


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("reader", [_PHONE, {**_PHONE, "java_script_enabled": False}], indirect=True)
def test_a_reader_sees_one_level_alone_and_all_of_them_again(sites, reader):
    reader.goto(sites["own"].address + "endringslogg/")
    reader.get_by_role("radio", name="Større endring").check()
    assert set(reader.evaluate(_SHOWN)) == {"major"}
    assert reader.evaluate(_DAYS) == 1
    reader.get_by_role("radio", name="Alle endringer").check()
    assert set(reader.evaluate(_SHOWN)) == {"first", "minor", "major"}


@pytest.mark.long
@pytest.mark.parametrize("path", ["versjon/2.0/endringer/", "en/version/2.0/changes/"])
def test_what_when_and_what_to_do_are_among_the_first_words_of_a_change(sites, reader, path):
    reader.goto(sites["own"].address + path)
    words = reader.locator("main").inner_text()
    first = " ".join(words.split()[:_SPOKEN])
    for part in ("2.0", "22", "2026", reader.locator(".action h2").inner_text()):
        assert part in first


@pytest.mark.parametrize("reader", [_PHONE], indirect=True)
def test_in_one_screen_a_reader_learns_how_much_changed_and_what_to_do(sites, reader):
    reader.goto(sites["own"].address + "endringslogg/siden/1.0/")
    for words in ("endringer i", "skriver vi hva du kan gjøre"):
        assert reader.get_by_text(words).first.bounding_box()["y"] < 844
