"""The script that docs/website.md quotes for a help centre elsewhere."""

from tests.helpers.notice_reader import POLICY_PATH
from tests.helpers.quoted_code import read_quoted_code
from tests.helpers.small_policy import announcements_json, make_announcement

PUBLISHED_URL = "https://dinbedrift.no/personvern/"


def test_the_quoted_script_shows_current_announcements_of_its_channel_as_text(servers, reader):
    policy, members = servers
    base = policy.origin + POLICY_PATH
    rows = {version: make_announcement(base, version) for version in ("5.0", "4.0", "3.0", "2.0")}
    rows["5.0"]["languages"]["nb"]["url"] = "javascript:alert(1)"
    rows["3.0"]["channels"] = ["login"]
    rows["2.0"]["until"] = "2020-01-01"
    rows["4.0"]["languages"]["nb"]["summary"] = "<b>Ny</b> leverandør."
    policy.serve_text(f"{POLICY_PATH}api/announcements.json", announcements_json(base, *rows.values()))
    page = members.serve_text(
        "/hjelp/", read_quoted_code("website.md", "help-centre.html").replace(PUBLISHED_URL, base)
    )

    reader.page.goto(page)
    news = reader.page.locator("#policy-news")
    news.locator("h2").wait_for()
    assert news.locator("h2").all_inner_texts() == ["Versjon 4.0 av personvernerklæringen"]
    assert news.locator("p").all_inner_texts() == [
        "<b>Ny</b> leverandør.",
        "Du kan protestere før den dagen.",
    ]
    assert news.locator("a").get_attribute("href") == f"{base}hjelpesenter/4.0/"
    assert reader.errors == []
