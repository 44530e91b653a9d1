"""The scripts of the contents and of the page of dates: the section that is read, what applied on a day."""

from __future__ import annotations

import pytest

_STILL = {"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce"}
_MARKED = "[...document.querySelectorAll('.contents [aria-current]')].map(link => link.getAttribute('href'))"


@pytest.mark.parametrize("reader", [_STILL], indirect=True)
def test_the_contents_mark_the_section_that_is_read_and_only_that(sites, reader):
    reader.goto(sites["own"].address)
    assert reader.evaluate(_MARKED) == []
    for section in ("formal", "sikkerhet", "deling"):
        reader.evaluate("id => document.getElementById(id).scrollIntoView()", section)
        reader.locator(f".contents [aria-current][href='#{section}']").wait_for()
        assert reader.evaluate(_MARKED) == [f"#{section}"]
    reader.evaluate("scrollTo(0, 0)")
    reader.locator(".contents [aria-current]").wait_for(state="detached")


@pytest.mark.cases_in_ci
@pytest.mark.parametrize(
    ("day", "words", "version"),
    [
        ("2026-11-22", "Denne versjonen gjaldt den dagen:", "1.12"),
        ("2026-11-30", "Denne versjonen gjaldt den dagen:", "1.12"),
        ("2026-12-21", "Etter det som var publisert 1. desember 2026", "1.12"),
        ("2026-12-22", "En nyere kan komme i stedet:", "3."),
        ("2026-11-21", "Den eldste versjonen her gjelder fra 22. november 2026.", ""),
    ],
)
def test_a_day_is_answered_with_the_version_that_applied(sites, reader, day, words, version):
    reader.goto(sites["own"].address + "dato/")
    reader.get_by_label("Velg en dag").fill(day)
    answer = reader.get_by_role("status")
    assert words in answer.inner_text().replace("\N{NO-BREAK SPACE}", " ")
    links = answer.get_by_role("link")
    assert links.count() == (1 if version else 0)
    if version:
        assert f"versjon/{version}" in links.first.get_attribute("href")


@pytest.mark.long
def test_the_address_of_an_answer_can_be_cited(sites, reader):
    page = sites["own"].address + "dato/"
    reader.goto(page)
    reader.get_by_label("Velg en dag").fill("2026-11-30")
    assert reader.url == f"{page}#2026-11-30"
    reader.goto("about:blank")
    reader.goto(f"{page}#2026-11-30")
    answer = reader.get_by_role("status")
    assert "1.12" in answer.inner_text()
    reader.evaluate("location.hash = '#2026-12-22'")
    answer.get_by_role("link", name="Versjon 3.").wait_for()
    assert reader.get_by_label("Velg en dag").input_value() == "2026-12-22"


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("place", ["_2026-12-22", "2026-13-45", "1", "%3Cb%3E"])
def test_an_address_without_a_day_answers_nothing(sites, reader, place):
    reader.goto(f"{sites['own'].address}dato/#{place}")
    reader.get_by_label("Velg en dag").wait_for()
    assert reader.get_by_role("status").inner_text() == ""


@pytest.mark.long
def test_nothing_moves_when_the_script_shows_the_field(sites, reader):
    page = sites["own"].address + "dato/"
    reader.goto(page)
    assert reader.get_by_label("Velg en dag").is_visible()
    place = reader.locator(".periods").bounding_box()
    reader.route("**/*.js", lambda route: route.abort())
    reader.goto(page)
    assert not reader.get_by_label("Velg en dag").is_visible()
    assert reader.locator(".periods").bounding_box() == place


@pytest.mark.long
@pytest.mark.parametrize("reader", [{"java_script_enabled": False}], indirect=True)
def test_without_scripts_no_room_is_kept_for_the_field(sites, reader):
    reader.goto(sites["own"].address + "dato/")
    lead, list_of_days = (reader.locator(one).first.bounding_box() for one in (".meta", ".periods"))
    assert list_of_days["y"] - (lead["y"] + lead["height"]) < 60


@pytest.mark.long
def test_another_day_replaces_the_answer_and_no_day_takes_it_away(sites, reader):
    reader.goto(sites["own"].address + "en/date/")
    field, answer = reader.get_by_label("Choose a day"), reader.get_by_role("status")
    field.fill("2026-11-25")
    field.fill("2026-11-26")
    assert answer.get_by_role("link").count() == 1
    assert reader.locator(".periods .applied").count() == 1
    field.fill("")
    assert answer.inner_text() == ""
    assert reader.locator(".periods .applied").count() == 0


@pytest.mark.parametrize("reader", [{"java_script_enabled": False}], indirect=True)
def test_without_a_script_the_list_answers_and_no_dead_field_is_shown(sites, reader):
    reader.goto(sites["own"].address + "dato/")
    assert not reader.get_by_label("Velg en dag").is_visible()
    assert reader.locator(".periods li").count() >= 2
