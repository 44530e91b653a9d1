"""What tells readers of a change: letters, help centre, feeds, the JSON behind notices."""

from __future__ import annotations

import email
import hashlib
import json
import re
import xml.etree.ElementTree as ET
from email import policy

import pytest
from bs4 import BeautifulSoup

from common.errors import InputError
from tests.helpers.cli import create_history, read_versions
from tests.helpers.html_page import read_html
from tests.helpers.in_process import build

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def base(sample_out) -> str:
    return read_versions(sample_out)["base_url"]


@pytest.fixture(scope="module")
def letters(sample_out):
    """Return every letter: version, language, bytes."""
    found = sorted((sample_out / "letters").glob("*/*.eml"))
    return [(path.parent.name, path.stem, path.read_bytes()) for path in found]


def parsed(data: bytes) -> email.message.EmailMessage:
    return email.message_from_bytes(data, policy=policy.SMTP)


def body(message, kind: str) -> str:
    return message.get_body((kind,)).get_content()


def test_there_is_a_letter_in_each_language_for_each_version_that_is_mailed_and_no_other(sample_out, letters):
    mailed = {
        (row["version"], locale)
        for row in read_versions(sample_out)["versions"]
        if "email" in row["channels"] and not row["superseded"]
        for locale in row["languages"]
    }
    assert {(version, locale) for version, locale, _ in letters} == mailed
    assert mailed


def test_a_letter_is_complete_except_for_its_recipient(letters):
    for _, locale, data in letters:
        message = parsed(data)
        assert not message.defects
        assert message["From"]
        assert message["Subject"]
        assert (message["Auto-Submitted"], message["Content-Language"]) == ("auto-generated", locale)
        assert not {"to", "date", "message-id", "list-unsubscribe", "precedence"} & {
            k.lower() for k in message
        }


def test_a_letter_is_ascii_with_crlf_alone_and_short_lines(letters):
    for _, _, data in letters:
        data.decode("ascii")
        assert b"\n" not in data.replace(b"\r\n", b"")
        assert b"\r" not in data.replace(b"\r\n", b"")
        assert max(map(len, data.split(b"\r\n"))) <= 998


def test_text_and_html_of_a_letter_say_the_same(letters):
    for _, _, data in letters:
        message = parsed(data)
        blocks = re.sub(r"(</(?:h\d|p|li|t[hd])>)", r"\1 ", body(message, "html"))
        html = BeautifulSoup(blocks, "html.parser").find(attrs={"role": "article"})
        links = [link["href"] for link in html.find_all("a")]
        text = body(message, "plain")
        assert re.findall(r"<(http[^>]*)>", text) == links
        bare = re.sub(r"<http[^>]*>|^- ", " ", text, flags=re.MULTILINE).split()
        assert bare == html.get_text().split()


def test_a_letter_loads_nothing_and_leads_only_to_the_policy(letters, base, sample_out):
    for version, _, data in letters:
        html = BeautifulSoup(body(parsed(data), "html"), "html.parser")
        assert not html.find_all(["img", "script", "link", "iframe", "form", "object", "style"])
        for link in html.find_all("a"):
            assert link["href"].startswith(base), version
            path = link["href"].removeprefix(base).partition("#")[0]
            assert (sample_out / "site" / path / "index.html").is_file(), link["href"]


def test_a_letter_shows_what_was_deleted_and_added_without_colour(letters):
    (text,) = [
        body(parsed(data), "plain") for version, locale, data in letters if (version, locale) == ("2.0", "en")
    ]
    assert re.search(r"\[added: [^\]]*printer[^\]]*\]", text)


def test_letter_json_has_the_hash_of_each_letter_and_the_record_of_its_version(sample_out):
    rows = {row["version"]: row for row in read_versions(sample_out)["versions"]}
    for folder in (sample_out / "letters").iterdir():
        metadata = json.loads((folder / "letter.json").read_bytes())
        row = rows[metadata["version"]]
        same = ("level", "published", "effective", "entry")
        assert {key: metadata[key] for key in same} == {key: row[key] for key in same}
        assert (metadata["schema"], metadata["languages"]) == (2, list(row["languages"]))
        for locale, digest in metadata["sha256"].items():
            assert hashlib.sha256((folder / f"{locale}.eml").read_bytes()).hexdigest() == digest


def test_announcements_are_those_not_yet_past_their_day_newest_first(sample_out):
    data = json.loads((sample_out / "site/api/announcements.json").read_bytes())
    assert data["schema"] == 2
    rows = {row["version"]: row for row in read_versions(sample_out)["versions"]}
    numbers = [row["version"] for row in data["announcements"]]
    assert numbers == sorted(numbers, key=lambda number: [*map(int, number.split("."))], reverse=True)
    assert numbers
    for row in data["announcements"]:
        assert re.fullmatch("[0-9a-f]{64}", row["entry"])
        assert row["channels"] == rows[row["version"]]["channels"] != []
        assert row["until"] >= "2026-06-01"
        for texts in row["languages"].values():
            assert texts.keys() == {
                *("title", "summary", "action", "effective_line", "summary_lines", "action_lines"),
                *("facts", "unchanged", "url", "changes_url", "announcement_url", "since_url"),
            }  # fmt: skip


def test_the_data_for_notices_name_the_languages_of_the_site_in_its_order(sample_out, base):
    data = json.loads((sample_out / "site/api/announcements.json").read_bytes())
    languages = {language["code"]: language for language in data["languages"]}
    assert list(languages) == ["nb", "en"]
    assert [language["home"] for language in data["languages"]] == [base, f"{base}en/"]
    assert "nn" in languages["nb"]["readers"]
    assert "*" in languages["en"]["readers"]
    for language in data["languages"]:
        assert language["labels"].keys() == {
            *("heading", "action", "facts", "unchanged", "more", "all", "acknowledge", "later"),
        }
        assert all(language["labels"].values())
    lines = {
        row["version"]: {locale: texts["effective_line"] for locale, texts in row["languages"].items()}
        for row in data["announcements"]
    }
    assert {"nb": "Gjelder fra 1. juli 2026.", "en": "Applies from 1 July 2026."} in lines.values()


def test_a_language_that_only_an_announcement_still_has_has_words_and_no_front_page(tmp_path):
    source = create_history(
        tmp_path / "source",
        """
        start
        words nb/02-deling "Vi deler navn."
        words en/02-deling "We share names."
        note navn major 2026-02-20
        commit 2026-01-10
        git rm -qr content/en
        settings nb
        commit 2026-01-20
        """,
    )

    def read_languages(today: str) -> dict[str, str | None]:
        build(source, tmp_path / "out", today=today)
        data = json.loads((tmp_path / "out/site/api/announcements.json").read_bytes())
        return {language["code"]: language["home"] for language in data["languages"]}

    assert read_languages("2026-02-01") == {"nb": "https://example.no/personvern/", "en": None}
    assert read_languages("2030-02-01") == {"nb": "https://example.no/personvern/"}


def test_a_feed_holds_every_version_with_its_note_and_redline(sample_out):
    for path, locale in (("endringslogg/feed.xml", "nb"), ("en/changelog/feed.xml", "en")):
        feed = ET.parse(sample_out / "site" / path).getroot()  # noqa: S314 - our own
        entries = feed.findall(f"{ATOM}entry")
        known = [row for row in read_versions(sample_out)["versions"] if locale in row["languages"]]
        assert len(entries) == len(known)
        ids = [entry.findtext(f"{ATOM}id") for entry in entries]
        assert len(ids) == len(set(ids))
        content = entries[0].findtext(f"{ATOM}content")
        assert BeautifulSoup(content, "html.parser").find(["ins", "del"])


def test_the_help_centre_has_a_page_for_each_announced_version(sample_out):
    announced = [row for row in read_versions(sample_out)["versions"] if "help_centre" in row["channels"]]
    for row in announced:
        for locale, place in (("nb", "hjelpesenter"), ("en", "en/help-centre")):
            page = (sample_out / "site" / place / row["version"] / "index.html").read_text(encoding="utf-8")
            assert row["languages"][locale]["summary"].split()[0] in page
    assert announced


_MAJOR_CHANGE = """
start 2026-01-05
words nb/02-deling "Vi deler navn."
words en/02-deling "We share names."
note navn major 2026-07-01
commit 2026-05-20
"""


def test_every_page_about_a_version_says_whether_it_has_taken_effect(tmp_path):
    history = create_history(tmp_path / "history", _MAJOR_CHANGE)
    paths = ("endringslogg/index.html", "hjelpesenter/index.html", "hjelpesenter/2.0/index.html",
             "api/help-centre.nb.htm", "endringslogg/siden/1.0/index.html",
             "versjon/2.0/index.html", "versjon/2.0/endringer/index.html")  # fmt: skip
    for today, words in (
        ("2026-06-30", "Publisert 20. mai 2026. Gjelder fra 1. juli 2026."),
        ("2026-07-01", "Publisert 20. mai 2026. Begynte å gjelde 1. juli 2026."),
    ):
        build(history, tmp_path / "out", today=today)
        pages = {path: read_html(tmp_path / "out/site" / path) for path in paths}
        assert [path for path in paths if words not in pages[path]] == []


_TITLED_CHANGE = """
start 2026-01-05
words nb/02-deling "Vi deler navn."
words en/02-deling "We share names."
title='{nb: "Fra 1. juli deler vi f.eks. navn", en: "We share names & more"}'
note navn major 2026-07-01 "Vi deler navn." "title: $title"
commit 2026-05-20
"""
_WITHDRAWAL = """
words nb/02-deling "Vi deler ingen opplysninger med andre."
words en/02-deling "We share no data with others."
note likevel-ikke minor "" "Likevel ikke." 'withdraws: ["2.0"]'
commit 2026-05-21
"""


@pytest.mark.parametrize(
    ("summary", "problem"),
    [
        (
            "Vi deler navn. " * 1400,
            "version 2.0: the summary of its note in 'nb' has more than 20,000 characters",
        ),
        ("… !", "version 2.0: the summary of its note in 'nb' has no letter or digit"),
    ],
)
def test_an_announcement_that_no_notice_would_show_is_an_error(tmp_path, summary, problem):
    history = create_history(
        tmp_path / "history", _MAJOR_CHANGE.replace("2026-07-01", f'2026-07-01 "{summary}"')
    )
    with pytest.raises(InputError, match=re.escape(problem)):
        build(history, tmp_path / "out", today="2026-05-22")
    assert not (tmp_path / "out" / "site").exists()


def test_more_announcements_than_notices_show_are_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr("generator.help_centre._FILE_LIMIT", 1024)
    history = create_history(tmp_path / "history", _MAJOR_CHANGE)
    with pytest.raises(InputError, match=r"has 2 kB \(announcements: 1\)"):
        build(history, tmp_path / "out", today="2026-05-22")


def test_the_title_of_a_note_is_that_of_the_announcement_everywhere(tmp_path):
    out = tmp_path / "out"
    build(create_history(tmp_path / "source", _TITLED_CHANGE), out, today="2026-05-22")
    for locale, title, place in (
        ("nb", "Fra 1. juli deler vi f.eks. navn", "hjelpesenter"),
        ("en", "We share names & more", "en/help-centre"),
    ):
        message = parsed((out / f"letters/2.0/{locale}.eml").read_bytes())
        assert message["Subject"] == title
        assert body(message, "plain").split("\r\n\r\n")[:2] == ["Eksempel AS", title]
        data = json.loads((out / "site/api/announcements.json").read_bytes())
        assert data["announcements"][0]["languages"][locale]["title"] == title
        page = BeautifulSoup(read_html(out / f"site/{place}/2.0/index.html"), "html.parser")
        assert page.h1.get_text() == title


def test_a_withdrawn_version_has_no_letter_and_no_notice_and_stays_in_the_help_centre(tmp_path):
    out = tmp_path / "out"
    build(create_history(tmp_path / "source", _TITLED_CHANGE + _WITHDRAWAL), out, today="2026-05-22")
    assert [path.name for path in (out / "letters").iterdir()] == ["2.1"]
    letter = json.loads((out / "letters/2.1/letter.json").read_bytes())
    assert letter["withdraws"] == ["2.0"]
    message = parsed((out / "letters/2.1/en.eml").read_bytes())
    assert message["Subject"] == "Privacy: the change announced for 1 July 2026 is withdrawn"
    text = body(message, "plain")
    assert "Withdraws version 2.0. The text is that of version 1.0 again." in text
    assert "word by word" not in text
    assert "- Read the policy in full <" in text
    assert "- Hele erklæringen <" in body(parsed((out / "letters/2.1/nb.eml").read_bytes()), "plain")
    (row,) = json.loads((out / "site/api/announcements.json").read_bytes())["announcements"]
    assert row["version"] == "2.1"
    assert row["languages"]["nb"]["effective_line"].startswith("Trekker tilbake versjon 2.0.")
    overview = read_html(out / "site/en/help-centre/index.html")
    assert "Withdrawn on 21 May 2026." in overview
    fragment = (out / "site/api/help-centre.en.htm").read_text("utf-8")
    assert "We share names" not in fragment


def _read_feed_updates(out) -> list[str]:
    feed = ET.parse(out / "site/endringslogg/feed.xml").getroot()  # noqa: S314 - our own
    return [
        feed.findtext(f"{ATOM}updated"),
        *(e.findtext(f"{ATOM}updated") for e in feed.iter(f"{ATOM}entry")),
    ]


@pytest.mark.cases_in_ci
@pytest.mark.parametrize(
    ("steps", "updates"),
    [
        ("", ["2026-05-20T00:00:00Z", "2026-05-20T00:00:00Z", "2026-01-05T00:00:00Z"]),
        (
            'note navn major 2026-07-01 "Vi deler alt."\ncommit 2026-05-24',
            ["2026-05-24T00:00:01Z", "2026-05-24T00:00:01Z", "2026-01-05T00:00:00Z"],
        ),
        (
            "\n".join(f'note navn major 2026-07-01 "{word}."\ncommit 2026-05-20' for word in "AB"),
            ["2026-05-20T00:00:02Z", "2026-05-20T00:00:02Z", "2026-01-05T00:00:00Z"],
        ),
        (
            _WITHDRAWAL,
            [*["2026-05-21T00:00:00Z"] * 3, "2026-01-05T00:00:00Z"],
        ),
    ],
    ids=["published", "corrected", "corrected twice on one day", "withdrawn"],
)
def test_the_feed_says_when_an_entry_last_changed(tmp_path, steps, updates):
    source = create_history(tmp_path / "source", _TITLED_CHANGE + steps)
    build(source, tmp_path / "out", today="2026-06-01")
    assert _read_feed_updates(tmp_path / "out") == updates
