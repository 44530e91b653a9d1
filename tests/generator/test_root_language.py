"""The language at the root of the site is the first of the first version, and stays it."""

from __future__ import annotations

import email
import json
import re
from email import policy
from typing import TYPE_CHECKING

import pytest

from policy.findings import ContentError
from tests.helpers.cli import create_history
from tests.helpers.in_process import build
from tests.helpers.published_site import PublishedSite

if TYPE_CHECKING:
    from pathlib import Path

BASE = "https://example.no/personvern/"
ENGLISH_ALONE = """
start 2026-01-05 en
words en/02-deling "We share names."
note names major 2026-07-01
commit 2026-05-05
"""


def build_history(folder: Path, script: str, **options: bool) -> Path:
    """Build the history that a script makes; return the output folder."""
    build(create_history(folder / "source", script), folder / "out", **options)
    return folder / "out"


def test_english_alone_has_its_letters_and_announcements_at_the_root(tmp_path):
    out = build_history(tmp_path, ENGLISH_ALONE)
    assert {path.name for path in (out / "letters" / "2.0").iterdir()} == {"en.eml", "letter.json"}
    letter = email.message_from_bytes((out / "letters/2.0/en.eml").read_bytes(), policy=policy.SMTP)
    text = letter.get_body(("plain",)).get_content()
    links = set(re.findall(rf"<?{BASE}([^\s>]*)", text))
    assert links == {
        "version/2.0/",
        "version/2.0/changes/",
        "changelog/since/1.0/",
        "changelog/#v2.0",
        "changelog/verification/",
    }
    (row,) = json.loads((out / "site/api/announcements.json").read_bytes())["announcements"]
    assert row["languages"]["en"]["url"] == f"{BASE}version/2.0/"
    assert row["languages"]["en"]["since_url"] == f"{BASE}changelog/since/1.0/"
    assert (out / "site/api/help-centre.en.htm").read_text().count(f"{BASE}version/2.0/")


def test_english_alone_is_the_only_alternate_of_each_page_and_prevails_unsaid(tmp_path):
    site = PublishedSite(build_history(tmp_path, ENGLISH_ALONE))
    site.assert_consistent()
    for path, page in site.pages.items():
        alternates = [known["hreflang"] for _, _, known in page.links if "hreflang" in known]
        assert alternates == ([] if path == "404.html" else ["en"]), path
        assert "prevails" not in page.text
    assert not {path for path in site.pages if path.startswith(("en/", "nb/"))}


def test_no_address_changes_when_a_language_is_added_or_the_first_one_is_dropped(tmp_path):
    pages: set[str] = set()
    for script in (ENGLISH_ALONE, 'settings "en, nb"; commit 2026-05-06', "settings nb; commit 2026-05-07"):
        site = PublishedSite(build_history(tmp_path, script))
        site.assert_consistent()
        assert pages <= site.pages.keys()
        assert '<html lang="en">' in site.pages["index.html"].text
        pages = set(site.pages)
    assert "nb/index.html" in pages


def test_json_ld_has_the_sections_of_the_language_that_prevails_first(tmp_path):
    out = build_history(tmp_path, 'start 2026-01-05 en; settings "en, nb"; commit 2026-02-01')
    document = json.loads((out / "site/api/policy.jsonld").read_bytes())
    assert (document["@id"], document["inLanguage"]) == (BASE, ["en", "nb"])
    assert [row["name"]["en"] for row in document["hasPart"]] == ["Contact", "Sharing", "Erasure"]


def test_a_draft_that_is_the_first_version_decides_for_itself(tmp_path):
    unreadable = "git init -q; echo 'title: [' | file policy.yaml; commit 2026-01-05; policy 'en, nb'"
    out = build_history(tmp_path, unreadable, draft=True)
    assert '<html lang="en">' in (out / "site/index.html").read_text()
    assert '<html lang="nb">' in (out / "site/nb/index.html").read_text()


def test_a_draft_that_puts_a_language_in_front_is_refused(tmp_path):
    source = create_history(tmp_path / "source", "start 2026-01-05 en; settings 'nb, en'")
    message = r"'languages' is \[nb, en\], but .*; write 'languages: \[en, nb\]'"
    with pytest.raises(ContentError, match=message):
        build(source, tmp_path / "out", draft=True)
    build(source, tmp_path / "out")
    assert PublishedSite(tmp_path / "out").first_language == "en"


def test_a_dropped_language_keeps_its_title_and_leads_to_the_version_in_force(tmp_path):
    source = create_history(
        tmp_path / "source",
        """
start 2026-01-05 'nb, en'
git rm -rq content/en
settings nb
sed -i 's/title: .*/title: Personvernerklæring/' content/policy.yaml
note bort minor
commit 2026-02-05
""",
    )
    build(source, tmp_path / "out", today="2026-03-01")
    site = tmp_path / "out" / "site"
    for path in ("en/index.html", "en/version/1.0/index.html", "en/changelog/index.html"):
        page = (site / path).read_text("utf-8")
        assert re.search(r"<(title|h1)[^>]*>[^<]*\bPrivacy\b", page) or path == "en/changelog/index.html"
        assert "Personvernerklæring" not in page
    assert '<a href="../" hreflang="nb">The version in force, in Norwegian</a>' in (
        site / "en" / "index.html"
    ).read_text("utf-8")
    assert "<title>Privacy – " in (site / "en" / "changelog" / "feed.xml").read_text("utf-8")


def test_pages_and_letters_of_a_language_that_did_not_change_say_so(tmp_path):
    source = create_history(
        tmp_path / "source",
        """
start 2026-01-05 'nb, en'
settings 'nb, en' 'announce: {major: [help_centre, email]}'
words nb/02-deling 'Vi deler navn med banken.'
note ny major 2026-03-05
commit 2026-02-01
""",
    )
    build(source, tmp_path / "out", today="2026-02-02")
    page = (tmp_path / "out" / "site" / "en" / "version" / "2.0" / "changes" / "index.html").read_text(
        "utf-8"
    )
    assert "The text has not changed in this language." in page
    assert "Added text" not in page
    data = (tmp_path / "out" / "letters" / "2.0" / "en.eml").read_bytes()
    letter = email.message_from_bytes(data, policy=policy.default).get_body(("plain",)).get_content()
    assert "The text has not changed in this language." in letter
    assert "[added:" not in letter
    norwegian = tmp_path / "out" / "site" / "versjon" / "2.0" / "endringer" / "index.html"
    assert "Tekst som er lagt til" in norwegian.read_text("utf-8")
