"""What docs/website.md tells a help centre of another make to do, done."""

from tests.helpers.notice_reader import ROOT
from tests.helpers.quoted import quoted
from tests.helpers.small_policy import announcement, announcements

OURS = "https://dinbedrift.no/personvern/"


def test_the_quoted_script_shows_what_lasts_and_belongs_there_as_text(servers, reader):
    policy, members = servers
    base = policy.origin + ROOT
    rows = {version: announcement(base, version) for version in ("4.0", "3.0", "2.0")}
    rows["3.0"]["channels"] = ["login"]
    rows["2.0"]["until"] = "2020-01-01"
    rows["4.0"]["languages"]["nb"]["summary"] = "<b>Ny</b> leverandør."
    policy.page(f"{ROOT}api/announcements.json", announcements(*rows.values()))
    page = members.page("/hjelp/", quoted("website.md", "help-centre.html").replace(OURS, base))

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
