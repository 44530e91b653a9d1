"""The page of what is to change, and the pages of days on which several versions took effect."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.generator.test_front_page import NEXT_DAY, ONE, THREE, tell
from tests.helpers.page_words import read_links, read_main, read_words

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["tell"]


def read_redline(site: Path, path: str) -> str:
    return (site / path / "index.html").read_text(encoding="utf-8").partition("<article")[2]


def read_heading(site: Path, path: str) -> str:
    heading = read_main(site, path).find("h1")
    assert heading
    return read_words(heading)


def test_one_redline_goes_from_the_version_in_force_to_the_newest(tell):
    site = tell(f"start\n{THREE}{NEXT_DAY}", "2026-03-01")
    redline = read_redline(site, "kommer")
    assert 'data-from="1.0" data-to="4.0"' in redline
    for words in ("navn", "Ring oss når du vil", "straks"):
        assert words in redline
    assert 'href="../versjon/4.0/' in (site / "kommer/index.html").read_text(encoding="utf-8")


def test_every_day_has_a_block_with_its_notes_and_the_actions_stand_together(tell):
    site = tell(f"start\n{THREE}{NEXT_DAY}", "2026-03-01")
    assert read_heading(site, "kommer") == "Endringer fra 1. juni 2026 og 1. september 2026"
    main = read_main(site, "kommer")
    (actions,) = main.select(".action")
    assert read_words(actions) == "Dette kan du gjøre Les navn Les ring Les straks"
    june, september = main.select(".day-block")
    assert "Versjon 3.1" in read_words(june)
    assert read_links(june)["Hele versjon 3.1"] == "../versjon/3.1/"
    assert read_links(june)["Se endringene i versjon 2.0"] == "../versjon/2.0/endringer/"
    assert read_links(september)["Hele versjon 4.0"] == "../versjon/4.0/"


def test_unchanged_sections_are_named_and_lead_to_the_upcoming_text(tell):
    site = tell(f"start\n{ONE}", "2026-03-01")
    assert '<a href="../versjon/2.0/#kontakt">Kontakt</a>' in read_redline(site, "kommer")


@pytest.mark.parametrize("script", ["start", f"start\n{ONE}"])
def test_without_anything_to_come_the_page_stays_and_says_so(tell, script):
    site = tell(script, "2026-07-01")
    assert read_heading(site, "kommer") == "Ingen kommende endringer"
    main = read_main(site, "kommer")
    assert "Per 1. juli 2026 er ingen kommende endringer publisert." in read_words(main)
    assert ("Se alt som ble endret 1. juni 2026" in read_links(main)) == (script != "start")


def test_before_the_first_version_there_is_nothing_to_compare(tell):
    site = tell("start", "2025-12-01")
    assert read_heading(site, "kommer") == "Første versjon fra 5. januar 2026"
    assert "redline" not in (site / "kommer/index.html").read_text(encoding="utf-8")


def test_a_withdrawn_change_is_not_to_come(tell):
    site = tell(
        f"""start\n{ONE}
words nb/02-deling "Vi deler ingen opplysninger med andre."
words en/02-deling "We share no data with others."
note nei minor "" "Vi deler ingenting likevel." 'withdraws: ["2.0"]'
commit 2026-02-03""",
        "2026-03-01",
    )
    assert read_heading(site, "kommer") == "Ingen kommende endringer"


LANGUAGE_LATER = """start 2026-01-05 nb
settings "nb, en"
section en/01-kontakt Contact "Write to {{ controller.name }}."
words nb/01-kontakt "Ring oss."
note engelsk major 2026-06-01 "Nå på engelsk." 'title: {nb: Engelsk, en: In English}'
commit 2026-02-02"""
LANGUAGE_GONE = """start
git rm -qr content/en
settings nb
words nb/02-deling "Vi deler navn."
note navn major 2026-06-01
sed -i 's/, en: .*}/}/' content/changes/navn.yaml
commit 2026-02-02"""


@pytest.mark.parametrize(
    ("script", "lead"),
    [
        (LANGUAGE_LATER, "Version 1.0: Published in Norwegian only."),
        (LANGUAGE_GONE, "Version 2.0: Published in Norwegian only."),
    ],
    ids=["later", "gone"],
)
def test_a_language_that_one_side_lacks_has_no_redline_and_says_why(tell, script, lead):
    site = tell(script, "2026-03-01")
    assert lead in read_words(read_main(site, "en/upcoming"))
    assert "redline" not in (site / "en/upcoming/index.html").read_text(encoding="utf-8")
    assert 'data-from="1.0" data-to="2.0"' in read_redline(site, "kommer")


def test_a_day_of_several_versions_has_a_page_from_what_was_in_force_before(tell):
    site = tell(f"start\n{THREE}", "2026-06-01")
    assert read_heading(site, "dato/2026-06-01") == "Endret 1. juni 2026"
    assert 'data-from="1.0" data-to="3.1"' in read_redline(site, "dato/2026-06-01")
    assert "dato/2026-06-01/" in (site / "sitemap.xml").read_text(encoding="utf-8")


def test_a_day_to_come_has_no_page_since_it_may_be_withdrawn(tell):
    assert not (tell(f"start\n{THREE}", "2026-05-31") / "dato/2026-06-01").exists()


def test_a_day_page_stays_when_more_is_published(tell):
    site = tell(f"start\n{THREE}{NEXT_DAY}", "2027-06-01")
    assert 'data-from="1.0" data-to="3.1"' in read_redline(site, "dato/2026-06-01")
