"""The page that docs/website.md quotes: two lines for the notice, and what an acknowledgement does."""

import pytest

from tests.helpers.notice_reader import POLICY_PATH
from tests.helpers.quoted_code import read_quoted_code
from tests.helpers.small_policy import announcements_json, make_announcement, make_entry

PUBLISHED_URL = "https://dinbedrift.no/personvern/"
SAVE = "window.saved = []; function saveSeenVersion(...what) { saved.push(what); }\n"


@pytest.fixture
def members_page(reader) -> str:
    """A page of members with the quoted lines."""
    lines = read_quoted_code("website.md", "notice.html").replace(PUBLISHED_URL, reader.base_url)
    reader.members.serve_text("/saves.js", SAVE + read_quoted_code("website.md", "acknowledged.js"))
    page = f'<!doctype html><html lang="nb"><title>Medlem</title><script src="/saves.js"></script>{lines}'
    return reader.members.serve_text("/medlem", page)


def test_the_quoted_lines_show_a_notice_and_save_what_the_reader_acknowledges(reader, members_page):
    reader.announce(*(make_announcement(reader.base_url, version) for version in ("3.0", "2.0")))
    reader.go_to(members_page)
    reader.dialog.get_by_role("button", name="Jeg har sett dette").click()
    assert reader.page.evaluate("saved") == [["3.0", make_entry("3.0")]]
    assert reader.errors == []


def test_a_notice_asks_each_time_whatever_a_server_says_of_caching(reader, members_page):
    asked = f"{POLICY_PATH}api/announcements.json"
    for rows in ((), (make_announcement(reader.base_url, "2.0"),)):
        text = announcements_json(reader.base_url, *rows)
        reader.policy.serve_text(asked, text, {"Cache-Control": "max-age=86400"})
        reader.go_to(members_page)
    assert reader.dialog.is_visible()
    assert [path for path, _ in reader.policy.requests].count(asked) == 2


@pytest.mark.parametrize("when", ["before the notice", "after the notice"])
def test_a_notice_whose_click_is_not_saved_stays_open_and_says_so(reader, when):
    answer = "const answers = [false, true]; function saveSeenVersion() { return answers.shift(); }\n"
    script = answer + read_quoted_code("website.md", "saved.js")
    reader.members.serve_text("/saves.js", script if when == "before the notice" else "")
    lines = read_quoted_code("website.md", "notice.html").replace(PUBLISHED_URL, reader.base_url)
    page = f'<!doctype html><html lang="nb"><title>Medlem</title><script src="/saves.js"></script>{lines}'
    reader.announce(make_announcement(reader.base_url, "2.0"))
    reader.go_to(reader.members.serve_text("/medlem", page))
    if when == "after the notice":
        reader.page.add_script_tag(content=script)
    button = reader.dialog.get_by_role("button", name="Jeg har sett dette")
    button.click()
    reader.dialog.get_by_role("alert").wait_for()
    assert reader.dialog.get_by_role("alert").inner_text() == "This was not saved. Try again."
    button.click()
    reader.dialog.wait_for(state="detached")
    assert reader.errors == []


@pytest.mark.cases_in_ci
@pytest.mark.parametrize(("text", "status"), [("closed", 403), ("<p>Welcome</p>", 200)])
def test_a_notice_asks_the_other_address_if_the_first_does_not_answer(reader, text, status):
    reader.announce(make_announcement(reader.base_url, "2.0"))
    reader.policy.serve_text(f"{POLICY_PATH}api/closed", text, status=status)
    fallback = f"{reader.base_url}api/announcements.json"
    reader.open_page({"src": f"{reader.base_url}api/closed", "fallback": fallback, "channel": "login"})
    assert reader.dialog.is_visible()
