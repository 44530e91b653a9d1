"""`<policy-notice>` with hostile texts, strict headers and failures."""

import json
import re

import pytest

from tests.helpers.notice_reader import POLICY_PATH
from tests.helpers.small_policy import announcements_json, describe_languages, make_announcement
from tests.helpers.static_server import serve_static


def test_hostile_markup_is_shown_as_text(reader):
    hostile = "<img src=x onerror=alert(1)><script>alert(2)</script>&lt;"
    row = make_announcement(reader.base_url, "2.0")
    words = dict.fromkeys(("title", "summary", "action", "effective_line"), hostile)
    labels = dict.fromkeys(("heading", "action", "more", "all", "acknowledge", "later"), hostile)
    language = {**describe_languages(reader.base_url)[0], "labels": labels}
    texts = {**row["languages"]["nb"], **words}
    reader.announce(
        raw=json.dumps({"languages": [language], "announcements": [{**row, "languages": {"nb": texts}}]})
    )
    reader.open_page({"lang": "nb", "seen": "1.0", "channel": "login"})
    assert reader.dialog.inner_text().count(hostile) == len(words) + len(labels)
    assert reader.dialog.locator("img, script").count() == 0
    assert reader.errors == []


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "https://example.com/personvern/",
        "http://localhost.example.com/personvern/",
        "/annet/",
        "/personvern/../annet/",
        "mailto:post@example.no",
        "http://[",
        7,
        None,
    ],
)
def test_no_link_leads_out_of_the_policy(reader, address):
    row = make_announcement(reader.base_url, "2.0")
    words = {**row["languages"]["nb"], "url": address, "since_url": address}
    reader.announce({**row, "languages": {"nb": words}})
    reader.open_page({"lang": "nb", "seen": "1.0", "channel": "login"})
    assert reader.dialog.is_visible()
    assert reader.dialog.locator("a").count() == 0
    assert reader.errors == []


def _announce_with_languages(languages: str, texts: str) -> str:
    """Return an announcement in Norwegian, and the languages of the site, from two pieces of JSON."""
    row = f'{{"version": "2.0", "channels": ["login"], "languages": {{"nb": {texts}}}}}'
    return f'{{"languages": {languages}, "announcements": [{row}]}}'


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        ("not here", 404),
        (announcements_json("https://example.no/personvern/"), 500),
        ("{", 200),
        ("null", 200),
        ("{}", 200),
        ('{"announcements": 7}', 200),
        ('{"announcements": [null, 7, [], {}, {"version": "2.0"}]}', 200),
        ('{"announcements": [{"version": "2.0", "channels": ["login"], "languages": {"nb": null}}]}', 200),
        (_announce_with_languages('[{"code": "nb", "readers": [], "labels": {}}]', "null"), 200),
        (_announce_with_languages('[{"code": "nb", "readers": []}]', "{}"), 200),
        (_announce_with_languages('[{"code": "en"}, {"code": "nb"}]', "{}"), 200),
        (_announce_with_languages("[null]", "{}"), 200),
        (_announce_with_languages("[]", "{}"), 200),
        (_announce_with_languages("7", "{}"), 200),
        (_announce_with_languages("null", "{}"), 200),
    ],
)
def test_a_failure_leaves_the_page_as_it_was(reader, raw, status):
    reader.announce(raw=raw, status=status)
    reader.open_page({"lang": "nb", "seen": "1.0", "channel": "login"})
    assert reader.notices.count() == 0
    assert reader.errors == []


@pytest.mark.parametrize(
    "row", ["null", "7", '{"code": "__proto__", "readers": ["*"], "labels": {}}', '{"code": "sv"}']
)
def test_a_malformed_language_does_not_hide_the_others(reader, row):
    good = json.dumps(describe_languages(reader.base_url)[0])
    announcement = json.dumps(make_announcement(reader.base_url, "2.0"))
    raw = f'{{"languages": [{row}, {good}], "announcements": [{announcement}]}}'
    reader.announce(raw=raw)
    reader.open_page({"lang": "de", "seen": "1.0", "channel": "login"})
    assert reader.notices.count() == 1
    assert reader.errors == []


def test_without_a_server_no_notice_is_shown(reader):
    reader.page.route("**/announcements.json", lambda route: route.abort("connectionrefused"))
    reader.open_page({"lang": "nb", "channel": "login"})
    assert reader.notices.count() == 0


def test_a_notice_is_shown_where_storage_is_blocked(reader):
    reader.page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('blocked'); } });"
    )
    reader.announce(make_announcement(reader.base_url, "2.0"))
    reader.open_page({"lang": "en", "channel": "login"})
    reader.dialog.get_by_role("button", name="I have seen this").click()
    assert reader.acknowledged_versions() == ["2.0"]
    assert reader.errors == []


def test_no_cookie_is_set_or_sent(reader):
    reader.page.context.add_cookies([{"name": "who", "value": "me", "url": reader.policy.origin}])
    reader.announce(make_announcement(reader.base_url, "2.0"))
    reader.open_page({"lang": "en", "channel": "login"})
    reader.dialog.get_by_role("button", name="I have seen this").click()
    asked = dict(reader.policy.requests)
    assert "Cookie" not in asked[f"{POLICY_PATH}api/announcements.json"]
    assert "Referer" not in asked[f"{POLICY_PATH}api/announcements.json"]
    assert [cookie["name"] for cookie in reader.page.context.cookies()] == ["who"]


def test_a_notice_works_under_the_headers_of_the_policy_itself(reader):
    reader.announce(make_announcement(reader.base_url, "2.0"))
    notice = {"lang": "en", "seen": "1.0", "channel": "login"}
    page = reader.members_page_html(notice).replace('<script src="/log.js"></script>', "")
    reader.go_to(reader.policy.serve_text(f"{POLICY_PATH}side.html", page))
    assert reader.dialog.is_visible()
    assert reader.errors == []


def test_another_site_may_not_read_the_announcements(reader):
    reader.announce(make_announcement(reader.base_url, "2.0"))
    with serve_static() as stranger:
        stranger.serve_text("/", reader.members_page_html({"lang": "en", "seen": "1.0", "channel": "login"}))
        reader.go_to(stranger.origin + "/")
        assert reader.dialog.count() == 0


def test_a_script_loaded_twice_shows_one_dialog(reader):
    reader.announce(make_announcement(reader.base_url, "2.0"))
    page = reader.members_page_html({"lang": "en", "seen": "1.0", "channel": "login"})
    script = re.search(r"<script[^>]*defer></script>", page)[0]
    reader.members.serve_text("/twice", page.replace(script, script * 2))
    reader.go_to(reader.members.origin + "/twice")
    assert reader.dialog.count() == 1
    assert reader.errors == []
