"""Since when a section is as it is, on the front page: the changes that readers have seen."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.helpers.cli import create_history
from tests.helpers.html_page import read_html
from tests.helpers.in_process import build
from tests.helpers.published_site import PublishedSite

if TYPE_CHECKING:
    from pathlib import Path

HISTORY = """
start 2026-01-05
words nb/02-deling "Vi deler navn."
words en/02-deling "We share names."
note navn minor
commit 2026-02-01
words nb/03-sletting "Vi sletter alt."
words en/03-sletting "We erase everything."
note alt major 2026-07-01
commit 2026-05-01
words nb/01-kontakt "Skriv."
note skriv minor
commit 2026-05-03
"""
REMOVED = """
start 2026-01-05
rm content/*/03-sletting.md
note sletting minor
commit 2026-02-01
git mv content/nb/02-deling.md content/nb/02-mottakere.md
git mv content/en/02-deling.md content/en/02-mottakere.md
sed -i '2i aliases: [deling]' content/*/02-mottakere.md
note navn minor
commit 2026-03-01
"""


def read_front_page(folder: Path, script: str, day: str, path: str = "") -> str:
    build(create_history(folder / "source", script), folder / "out", today=day)
    site = PublishedSite(folder / "out")
    site.assert_markup_is_valid()
    site.assert_agrees_with_its_log()
    return read_html(folder / "out" / "site" / path / "index.html")


def read_dates(page: str) -> dict[str, tuple[str, str]]:
    """Return the day and the link of the last change of each section that has one."""
    entry = (
        r'<a href="#([\w-]+)">[^<]*</a> <a class="changed" href="(.*?)">(?:Sist endret|Last changed) (.*?)<'
    )
    found = re.findall(entry, page)
    return {section: (day, href) for section, href, day in found}


@pytest.mark.cases_in_ci
@pytest.mark.parametrize(
    ("day", "dates"),
    [
        ("2026-01-20", {}),
        ("2026-02-01", {"deling": ("1. februar 2026", "versjon/1.1/endringer/#deling")}),
        ("2026-06-30", {"deling": ("1. februar 2026", "versjon/1.1/endringer/#deling")}),
        ("2026-07-01", {
            "deling": ("1. februar 2026", "versjon/1.1/endringer/#deling"),
            "sletting": ("1. juli 2026", "versjon/2.0/endringer/#sletting"),
            "kontakt": ("1. juli 2026", "versjon/2.1/endringer/#kontakt"),
        }),
    ],
)  # fmt: skip
def test_a_section_says_when_it_last_changed_as_far_as_the_change_is_in_force(tmp_path, day, dates):
    assert read_dates(read_front_page(tmp_path, HISTORY, day)) == dates


def test_each_language_has_its_own_dates(tmp_path):
    assert read_dates(read_front_page(tmp_path, HISTORY, "2026-07-02", "en")) == {
        "deling": ("1 February 2026", "version/1.1/changes/#deling"),
        "sletting": ("1 July 2026", "version/2.0/changes/#sletting"),
    }


def test_the_anchor_of_a_section_that_is_gone_says_when_it_was_removed(tmp_path):
    page = read_front_page(tmp_path, REMOVED, "2026-04-01")
    assert re.findall(r'<p id="([\w-]+)" class="removed">(.*?) <a href="(.*?)">', page) == [
        ("sletting", "Delen «Sletting» ble fjernet 1. februar 2026.", "versjon/1.1/endringer/")
    ]
    assert '<span id="deling">' in page


def test_a_section_that_came_back_is_not_called_removed(tmp_path):
    back = """
section nb/03-sletting Sletting "Vi sletter igjen."
section en/03-sletting Erasure "We erase again."
note igjen minor
commit 2026-03-10
"""
    assert 'class="removed"' not in read_front_page(tmp_path, REMOVED + back, "2026-04-01")


def test_dates_on_pages_stay_on_one_line_but_not_in_code(tmp_path):
    code = "words nb/02-deling 'Fra 1. mai 2026.' '    1. mai 2026'\nnote kode minor\ncommit 2026-02-01"
    read_front_page(tmp_path, f"start 2026-01-05\n{code}", "2026-02-02")
    page = (tmp_path / "out/site/index.html").read_text(encoding="utf-8")
    assert "<p>Fra 1.\xa0mai\xa02026.</p>" in page
    assert "<code>1. mai 2026</code>" in page
