"""The Atom feed: valid, with permanent ids, and complete without a style sheet and at any address."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

import feedparser
import pytest
from bs4 import BeautifulSoup
from defusedxml.ElementTree import fromstring

from tests.helpers.atom import ATOM, list_feed_problems
from tests.helpers.cli import create_history, run_build_py, run_command
from tests.helpers.in_process import build

_HISTORY = """
start 2026-01-05
words nb/02-deling "Vi deler navn, se [sletting](#sletting) og [trykkeriet](https://trykk.example/)."
words en/02-deling "We share names."
file changes/navn.yaml <<'END'
level: major
effective: 2026-07-01
title: {nb: Vi deler navn med trykkeriet, en: We share names with the printer}
summary:
  nb: |
    Vi deler f.eks. navnet ditt, se [delen om deling](#deling). Det gjelder:

    - navn
    - adresse

    Tredje setning.[^1] Fjerde setning.

    [^1]: Med en fotnote.
  en: We share names.
action: {nb: Du kan si nei før 1. juli., en: You may object.}
reason: {nb: Medlemsbladet skal sendes., en: The magazine is to be mailed.}
END
commit 2026-05-20
words nb/01-kontakt "Skriv til oss."
commit 2026-05-20
"""
_WITHDRAWAL = """
words nb/02-deling "Vi deler ingen opplysninger med andre."
words en/02-deling "We share no data with others."
note likevel-ikke minor "" "Likevel ikke." 'withdraws: ["2.0"]'
commit 2026-05-21
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return create_history(tmp_path_factory.mktemp("feeds") / "source", _HISTORY)


@pytest.fixture(scope="module")
def site(source):
    build(source, source.parent / "out", today="2026-06-01")
    return source.parent / "out" / "site"


def read_feed(site, path: str = "endringslogg/feed.xml") -> str:
    return (site / path).read_text("utf-8")


def read_entries(site) -> dict[str, Element]:
    """Return the entries of the Norwegian feed by the number of their version."""
    entries = fromstring(read_feed(site)).iter(f"{ATOM}entry")
    return {(entry.findtext(f"{ATOM}id") or "").rpartition("/")[2]: entry for entry in entries}


@pytest.mark.parametrize("path", ["endringslogg/feed.xml", "en/changelog/feed.xml"])
def test_every_feed_follows_the_rules_of_atom(site, sample_out, path):
    assert list_feed_problems(read_feed(site, path)) == []
    assert list_feed_problems(read_feed(sample_out / "site", path)) == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("<id>tag:", "<id>http:", "is no tag URI"),
        ("<author><name>Eksempel AS</name></author>", "", "0 times author"),
        (' xml:lang="nb"', "", "no language"),
        ("T00:00:00Z</published>", "</published>", "is no moment in UTC"),
        ("href=&#34;https://example.no/personvern/versjon/2.0/&#34;", "href=&#34;../&#34;", "leads to '../'"),
        ("&lt;h3 ", "&lt;h3 id=&#34;x&#34; ", "h3 has an id or a class"),
        ("<summary>", "<summary><!-- ", "not well-formed"),
    ],
)
def test_a_breach_of_the_rules_is_found(site, old, new, problem):
    feed = read_feed(site)
    assert old in feed
    try:
        found = list_feed_problems(feed.replace(old, new))
    except SyntaxError as error:
        found = [str(error)]
    assert any(problem in one for one in found)


def test_a_reader_of_feeds_gets_titles_days_and_content(site):
    feed = feedparser.parse(read_feed(site))
    assert not feed.bozo
    assert feed.feed.title == "Personvern – Endringslogg"
    assert [entry.title for entry in feed.entries] == [
        "Personvern: endringer fra 1. juli 2026 (versjon 2.1)",
        "Vi deler navn med trykkeriet (fra 1. juli 2026)",
        "Personvern: første versjon, fra 5. januar 2026",
    ]
    entry = feed.entries[1]
    assert entry.link == "https://example.no/personvern/versjon/2.0/endringer/"
    assert entry.published_parsed[:5] == (2026, 5, 20, 0, 0)
    # What a careful reader of feeds leaves of the content still says what was added and deleted.
    words = BeautifulSoup(entry.content[0].value, "html.parser").get_text()
    assert "[slettet: Vi deler ingen opplysninger med andre.]" in words
    assert "[lagt til: Vi deler navn, se sletting og trykkeriet <https://trykk.example/>.]" in words
    assert "text-decoration" in entry.content[0].value


def test_a_summary_is_the_days_and_the_first_sentences_on_one_line(site):
    assert read_entries(site)["2.0"].findtext(f"{ATOM}summary") == (
        "Publisert 20. mai 2026 med virkning fra 1. juli 2026. "
        "Vi deler f.eks. navnet ditt, se delen om deling. Det gjelder: navn; adresse. Tredje setning."
    )


def test_links_of_a_note_lead_to_the_page_of_the_version(site):
    content = BeautifulSoup(read_entries(site)["2.0"].findtext(f"{ATOM}content"), "html.parser")
    links = {link.get_text(): link["href"] for link in content.find_all("a")}
    assert links["delen om deling"] == "https://example.no/personvern/versjon/2.0/#deling"
    assert links["Se endringene ord for ord"] == "https://example.no/personvern/versjon/2.0/endringer/"
    assert "Tredje setning.[1]" in content.get_text()


def test_ids_stay_when_the_site_moves(source, site, tmp_path):
    ids = re.findall("<id>(.*)</id>", read_feed(site))
    assert ids == [f"tag:example.no,2026-01-05:/personvern/nb{end}" for end in ("", "/2.1", "/2.0", "/1.0")]
    build(source, tmp_path / "given", today="2026-06-01", base_url="https://ny.example/p/")
    moved = read_feed(tmp_path / "given" / "site")
    assert re.findall("<id>(.*)</id>", moved) == ids
    assert 'href="https://ny.example/p/versjon/2.0/endringer/"' in moved
    moving = "sed -i 's#^base_url.*#base_url: https://ny.example/p/#' content/policy.yaml; commit 2026-06-01"
    build(create_history(tmp_path / "source", _HISTORY + moving), tmp_path / "out", today="2026-06-01")
    assert re.findall("<id>(.*)</id>", read_feed(tmp_path / "out" / "site")) == ids


def test_versions_of_one_day_have_moments_in_their_order(site):
    published = {number: entry.findtext(f"{ATOM}published") for number, entry in read_entries(site).items()}
    assert published == {
        "1.0": "2026-01-05T00:00:00Z",
        "2.0": "2026-05-20T00:00:00Z",
        "2.1": "2026-05-20T00:01:00Z",
    }


def test_a_version_that_never_takes_effect_says_so_and_is_updated(tmp_path):
    history = _HISTORY.partition("words nb/01-kontakt")[0] + _WITHDRAWAL
    build(create_history(tmp_path / "source", history), tmp_path / "out", today="2026-06-01")
    entry = read_entries(tmp_path / "out" / "site")["2.0"]
    assert entry.findtext(f"{ATOM}title") == "Vi deler navn med trykkeriet – trukket tilbake"
    assert entry.findtext(f"{ATOM}updated") == "2026-05-21T00:00:00Z"
    assert "Trukket tilbake 21. mai 2026." in entry.findtext(f"{ATOM}summary")


def test_a_version_that_another_one_overtakes_says_so_and_is_updated(tmp_path):
    history = """
    start 2026-01-05
    words nb/02-deling "Vi deler navn."
    note senere minor 2026-07-01
    commit 2026-05-20
    words nb/02-deling "Vi deler navn og adresse."
    note straks minor 2026-06-01
    commit 2026-05-25
    """
    source = create_history(tmp_path / "source", history)
    build(source, tmp_path / "out", today="2026-05-26")
    entry = read_entries(tmp_path / "out" / "site")["1.1"]
    assert entry.findtext(f"{ATOM}title").endswith(" – erstattet før den begynte å gjelde")
    assert entry.findtext(f"{ATOM}updated") == "2026-05-25T00:00:00Z"


def test_words_that_are_removed_update_the_entries_that_had_them(tmp_path):
    history = """
    start 2026-01-05
    words nb/02-deling "Vi deler med Kari Hemmelig."
    commit 2026-02-01
    words nb/02-deling "Vi deler med ingen."
    commit 2026-03-01
    words nb/01-kontakt "Skriv."
    commit 2026-04-01
    """
    source = create_history(tmp_path / "source", history)
    redact = ("redact", "--source", source, "--reason", "Lekket.", "--today", "2026-05-01", "deling")
    assert run_build_py(*redact, stdin="Kari Hemmelig").returncode == 0
    day = "2026-05-01T12:00:00Z"
    run_command(source, "git", "add", ".")
    run_command(source, "git", "commit", "-qm", "Remove a name", GIT_AUTHOR_DATE=day, GIT_COMMITTER_DATE=day)
    build(source, tmp_path / "out", today="2026-06-01")
    entries = read_entries(tmp_path / "out" / "site")
    assert {number: entry.findtext(f"{ATOM}updated") for number, entry in entries.items()} == {
        "1.0": "2026-01-05T00:00:00Z",
        "1.1": "2026-05-01T00:00:01Z",
        "1.2": "2026-05-01T00:00:01Z",
        "1.3": "2026-04-01T00:00:00Z",
    }
    assert "Hemmelig" not in read_feed(tmp_path / "out" / "site")
