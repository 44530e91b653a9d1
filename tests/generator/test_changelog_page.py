"""The change log and the pages of cumulative changes: what is on which page, and where links lead."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from tests.helpers.cli import create_history
from tests.helpers.html_page import read_html, read_page
from tests.helpers.in_process import build
from verifier.verification import verify_site

if TYPE_CHECKING:
    from pathlib import Path

MANY = """
start 2024-01-05
number=0
for day in 2024-01-{06..31} 2025-02-{01..28} 2026-01-{10..12}; do
  number=$((number + 1))
  words nb/02-deling "Vi deler opplysninger nummer $number."
  words en/02-deling "We share data number $number."
  title="title: {nb: Tittel $number, en: Title $number}"
  case $number in 10 | 40) note viktig$number major P30D "Viktig $number" "$title" ;; esac
  commit "$day"
done
"""


@pytest.fixture(scope="module")
def many(tmp_path_factory) -> Path:
    """A site of 58 versions in three years: those of 2024 are not on the main page of the change log."""
    folder = tmp_path_factory.mktemp("many")
    build(create_history(folder / "source", MANY), folder / "out", today="2026-01-13")
    return folder / "out/site"


def anchors(site: Path, path: str) -> list[str]:
    """Return the anchors of versions on a page that are entries of it, in its order."""
    return re.findall(r'<li id="(v[0-9.]+)"', (site / path).read_text(encoding="utf-8"))


def test_older_years_of_a_long_change_log_have_pages_of_their_own(many):
    main, older = anchors(many, "endringslogg/index.html"), anchors(many, "endringslogg/2024/index.html")
    versions = json.loads((many / "api/versions.json").read_text())["versions"]
    assert sorted([*main, *older]) == sorted(f"v{row['version']}" for row in versions)
    by_year = {f"v{row['version']}": row["effective"][:4] for row in versions}
    assert {by_year[anchor] for anchor in older} == {"2024"}
    assert {by_year[anchor] for anchor in main} == {"2025", "2026"}
    assert not (many / "endringslogg/2025").exists()


def test_the_anchor_of_a_version_on_a_page_of_its_own_leads_there_from_the_main_page(many):
    page = read_page(many / "endringslogg/index.html")
    for anchor in anchors(many, "endringslogg/2024/index.html"):
        assert anchor in page.ids
        assert f"2024/#{anchor}" in {address for _, address, _ in page.links}


@pytest.mark.long
def test_a_long_change_log_agrees_with_its_log_and_a_lost_year_is_found(many):
    assert verify_site(str(many)).problems == []
    year = many / "endringslogg/2024/index.html"
    text = year.read_text(encoding="utf-8")
    year.unlink()
    year.write_text(text.replace('<li id="v1.3"', '<li id="v1.999"'), encoding="utf-8")
    try:
        assert "lists other versions" in verify_site(str(many)).problems[0]
        year.write_text(text.replace("Viktig 10", "Uviktig 10"), encoding="utf-8")
        assert "endringslogg/2024/" in verify_site(str(many)).problems[0]
        year.unlink()
        assert "missing" in verify_site(str(many)).problems[0]
    finally:
        year.write_text(text, encoding="utf-8")


def test_the_note_of_a_change_has_its_title_as_the_heading_of_the_page(many):
    text = (many / "versjon/2.0/endringer/index.html").read_text(encoding="utf-8")
    assert re.search(r'data-part="title"><h1>Tittel 10</h1></section>', text)
    assert text.count("<h1") == 1
    assert "<title>Tittel 10 (versjon 2.0)" in text


def test_years_that_are_not_on_a_page_of_cumulative_changes_are_in_the_change_log(many):
    text = (many / "endringslogg/siden/1.0/index.html").read_text(encoding="utf-8")
    assert 'href="../../2024/#v1.1">2024 (' in text
    assert "1 endring i 1 del, gjort i 57 versjoner." in text
    assert "I 2 versjoner skriver vi hva du kan gjøre:" in text
    assert '<a href="../../../versjon/2.0/endringer/">Tittel 10</a>' in text
    assert text.index('class="redline"') < text.index('id="_steps"')


def test_what_is_compared_says_from_when_a_version_applies_that_does_not_yet(tmp_path):
    script = "start\n" + "\n".join(
        f"words nb/02-deling 'Vi deler {n}.'\nwords en/02-deling 'We share {n}.'\n"
        f"note n{n} major {day}\ncommit 2026-01-1{n}"
        for n, day in ((1, "2026-03-01"), (2, "2026-06-01"))
    )
    source = create_history(tmp_path / "source", script)
    leads = []
    for today in ("2026-05-31", "2026-06-01"):
        build(source, tmp_path / today, today=today)
        page = tmp_path / today / "site/endringslogg/siden/1.0/index.html"
        leads += re.findall(r'<p class="meta">(Fra .*?)</p>', page.read_text(encoding="utf-8"))
    assert [lead.replace("\N{NO-BREAK SPACE}", " ") for lead in leads] == [
        "Fra versjon 1.0 til versjon 3.0, som gjelder fra 1. juni 2026.",
        "Fra versjon 1.0 til versjon 3.0.",
    ]


STATES = """
start 2026-01-05
words nb/02-deling "Vi deler navn."
words en/02-deling "We share names."
note navn major 2026-03-01
commit 2026-01-10
words nb/02-deling "Vi deler navn og alder."
words en/02-deling "We share names and ages."
note alder major 2026-06-01
commit 2026-03-02
words nb/02-deling "Vi deler navn."
words en/02-deling "We share names."
note likevel minor "" "" 'withdraws: ["3.0"]'
commit 2026-03-10
git rm --quiet content/nb/03-sletting.md content/en/03-sletting.md content/facts/retention.yaml
settings nb
git rm --quiet -r content/en
commit 2026-03-11
settings "nb, en"
section en/01-kontakt Contact "Write to {{ controller.name }}."
section en/02-deling Sharing "We share names."
note engelsk special 2026-09-01
commit 2026-04-01
"""


@pytest.fixture(scope="module")
def states(tmp_path_factory) -> Path:
    """A site with versions in every state, one of which has no English text."""
    folder = tmp_path_factory.mktemp("states")
    build(create_history(folder / "source", STATES), folder / "out", today="2026-04-02")
    return folder / "out/site"


def test_the_change_log_is_grouped_by_day_with_what_is_to_come_first(states):
    text = read_html(states / "endringslogg/index.html")
    headings = re.findall(r"<h2>(.*?)</h2>", text)
    assert headings == [
        "Fra 1. september 2026",
        "11. mars 2026",
        "10. mars 2026",
        "2. mars 2026",
        "1. mars 2026",
        "5. januar 2026",
    ]
    assert anchors(states, "endringslogg/index.html")[0] == "v4.0"


def test_no_section_is_called_by_the_name_of_its_file(states):
    for page, title in (
        ("endringslogg/index.html", "Sletting (fjernet)"),
        ("en/changelog/index.html", "Erasure (removed)"),
    ):
        text = (states / page).read_text(encoding="utf-8")
        assert title in text
        assert not re.search(r"(Deler|Sections):[^<]*\b(sletting|deling|kontakt)\b", text)


def test_an_entry_says_where_the_version_was_announced(states):
    text = (states / "endringslogg/index.html").read_text(encoding="utf-8")
    entry = text[text.index('id="v4.0"') : text.index('id="v3.2"')]
    assert 'Varslet: <a href="../hjelpesenter/4.0/">hjelpesenteret</a>, ved innlogging, på e-post, ' in entry
    assert "Varsler om endringer i hjelpesenteret</a>" in text
    assert "Varslet:" not in text[text.index('id="v1.0"') :]


def test_readers_can_choose_any_level_that_there_is(states):
    text = (states / "endringslogg/index.html").read_text(encoding="utf-8")
    assert re.findall(r'id="_only-(\w+)"', text) == ["special", "major", "minor"]
    assert '<fieldset class="choice" hidden>' in text
    assert re.findall(r'<li id="v4.0" class="(.*?)" data-level="(.*?)"', text) == [("upcoming", "special")]


def test_a_version_that_a_language_lacks_is_a_step_with_a_link_to_the_language_that_has_it(states):
    text = (states / "en/changelog/since/1.0/index.html").read_text(encoding="utf-8")
    steps = text[text.index('id="_steps"') :]
    assert "Version 3.2" in steps
    assert (
        'hreflang="nb">Published in Norwegian Bokmål only' in steps or 'hreflang="nb">Published in' in steps
    )


def test_an_announcement_that_is_past_or_withdrawn_says_so(states, tmp_path):
    def read_announcement(site: Path, number: str) -> str:
        text = (site / f"hjelpesenter/{number}/index.html").read_text(encoding="utf-8")
        return text.split("<main", 1)[1]

    assert "Dette er et tidligere varsel." not in read_announcement(states, "2.0")  # notices still show it
    withdrawn = read_announcement(states, "3.0")
    assert "Det som ble varslet her, er trukket tilbake." in withdrawn
    assert "Les alder" not in withdrawn, "nobody can do anything about it"
    build(create_history(tmp_path / "source", STATES), tmp_path / "out", today="2026-08-01")
    past = read_announcement(tmp_path / "out/site", "2.0")
    assert "Dette er et tidligere varsel." in past
    assert "Les navn" in past


def test_an_announcement_in_json_leads_to_the_help_centre_and_to_the_changes(states):
    data = json.loads((states / "api/announcements.json").read_text())
    texts = {row["version"]: row["languages"]["nb"] for row in data["announcements"]}["4.0"]
    base = "https://example.no/personvern/"
    assert texts["announcement_url"] == f"{base}hjelpesenter/4.0/"
    assert texts["changes_url"] == f"{base}versjon/4.0/endringer/"
    assert texts["url"] == f"{base}versjon/4.0/"
