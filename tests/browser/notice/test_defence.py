"""`<policy-notice>` with hostile texts, strict headers and failures."""

import json
import re

import pytest

from tests.helpers.malformed_announcements import list_malformed_documents, list_valid_documents
from tests.helpers.notice_reader import POLICY_PATH
from tests.helpers.small_policy import announcements_json, describe_languages, make_announcement, make_line
from tests.helpers.static_server import serve_static


def test_hostile_markup_is_shown_as_text(reader):
    hostile = "<img src=x onerror=alert(1)><script>alert(2)</script>&lt;"
    row = make_announcement(reader.base_url, "2.0")
    words = dict.fromkeys(("title", "effective_line"), hostile)
    rows = {"facts": [hostile], "unchanged": [hostile]}
    lines = {name: [make_line(hostile, "-", 1)] for name in ("summary_lines", "action_lines")}
    labels = dict.fromkeys(
        ("heading", "action", "facts", "unchanged", "more", "all", "acknowledge", "later"), hostile
    )
    language = {**describe_languages(reader.base_url)[0], "labels": labels}
    texts = {**row["languages"]["nb"], **words, **lines, **rows}
    document = {"schema": 2, "languages": [language], "announcements": [{**row, "languages": {"nb": texts}}]}
    reader.announce(raw=json.dumps(document))
    reader.open_page({"lang": "nb", "seen": "1.0", "channel": "login"})
    assert reader.dialog.inner_text().count(hostile) == len(words) + len(lines) + len(rows) + len(labels)
    assert reader.dialog.locator("img, script").count() == 0
    assert reader.errors == []


def _show_each(reader, documents: dict[str, str]) -> dict[str, str]:
    """Show the notice of each document on one page; return the text of those that are shown."""
    for number, text in enumerate(documents.values()):
        reader.policy.serve_text(f"{POLICY_PATH}api/{number}.json", text)
    reader.open_page()
    for first in range(0, len(documents), 20):
        reader.page.evaluate(
            """([folder, first, end]) => {
              for (let number = first; number < end; number++) {
                const notice = document.createElement("policy-notice");
                const src = `${folder}${number}.json`;
                const attributes = { src, lang: "nb", seen: "1.0", channel: "alert" };
                for (const [name, value] of Object.entries(attributes)) notice.setAttribute(name, value);
                document.body.append(notice);
              }
              return Promise.all(window.decisions);
            }""",
            [f"{reader.base_url}api/", first, min(first + 20, len(documents))],
        )
    texts = reader.page.locator("policy-notice").evaluate_all(
        "notices => notices.map(({ shadowRoot }) => shadowRoot?.textContent ?? null)"
    )
    return {name: text for name, text in zip(documents, texts, strict=True) if text is not None}


def test_nothing_of_a_malformed_document_is_shown(reader):
    assert _show_each(reader, list_malformed_documents(reader.base_url)) == {}
    assert reader.errors == []


def test_an_unusual_valid_document_is_shown(reader):
    documents = list_valid_documents(reader.base_url)
    shown = _show_each(reader, documents)
    assert shown.keys() == documents.keys()
    assert all("Jeg har sett dette" in text for text in shown.values())
    assert reader.errors == []


def test_the_announcements_that_the_build_publishes_are_shown(reader, sample_out):
    site = sample_out / "site"
    base_url = json.loads((site / "api" / "versions.json").read_bytes())["base_url"]
    text = (site / "api" / "announcements.json").read_text()
    far = re.sub('"until": "[^"]+"', '"until": "2099-01-01"', text)
    assert _show_each(reader, {"built": far.replace(base_url, reader.base_url)}) != {}


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("status", [404, 500])
def test_nothing_is_shown_if_the_server_answers_with_an_error(reader, status):
    reader.announce(make_announcement(reader.base_url, "2.0"), status=status)
    reader.open_page({"lang": "nb", "seen": "1.0", "channel": "login"})
    assert reader.notices.count() == 0
    assert reader.errors == []


def test_a_webmaster_reads_in_the_console_why_nothing_is_shown(reader):
    warnings = []
    reader.page.on("console", lambda line: warnings.append(line.text))
    reader.announce(raw="{}")
    reader.open_page({"lang": "nb", "seen": "1.0", "channel": "login"})
    assert warnings == [
        f"policy-notice: the announcements of {reader.base_url} are malformed, or those of another address"
    ]


@pytest.mark.cases_in_ci
@pytest.mark.parametrize(("base", "count"), [("personvern/", 1), ("annet/", 0)])
def test_a_copy_elsewhere_is_shown_below_the_address_of_the_policy_only(reader, base, count):
    text = announcements_json(reader.base_url, make_announcement(reader.base_url, "2.0"))
    reader.policy.serve_text(f"{POLICY_PATH}api/copies/1.json", text)
    reader.open_page(
        {
            "src": f"{reader.base_url}api/copies/1.json",
            "base": f"{reader.policy.origin}/{base}",
            "lang": "nb",
            "seen": "1.0",
            "channel": "login",
        }
    )
    assert reader.notices.count() == count


def test_without_a_server_no_notice_is_shown(reader):
    reader.page.route("**/announcements.json", lambda route: route.abort("connectionrefused"))
    reader.open_page({"lang": "nb", "channel": "login"})
    assert reader.notices.count() == 0


@pytest.mark.long
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


@pytest.mark.long
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
