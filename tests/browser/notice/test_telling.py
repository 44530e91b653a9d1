"""Which announcements `<policy-notice>` shows to whom, and what a click acknowledges."""

import pytest

from tests.helpers.language_cases import LANGUAGE_CASES
from tests.helpers.small_policy import make_announcement, make_entry


@pytest.mark.cases_in_ci
@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "nb",
            [
                "Endringer i personvernerklæringen",
                "Versjon 2.0 av",
                "Gjelder fra 1. mars 2099.",
                "Dette kan du gjøre: Du kan protestere",
                "Jeg har sett dette",
                "Ikke nå",
            ],
        ),
        (
            "nn",
            [
                "Endringar i personvernerklæringa",
                "Versjon 2.0 av",
                "Gjeld frå 1. mars 2099.",
                "Dette kan du gjere: Du kan protestere",
                "Eg har sett dette",
                "Ikkje no",
            ],
        ),
        (
            "en",
            [
                "Changes to the privacy policy",
                "Version 2.0 of",
                "Applies from 1 March 2099.",
                "What you can do: You may object",
                "I have seen this",
                "Not now",
            ],
        ),
    ],
)
def test_the_dialog_speaks_the_readers_language(reader, lang, words):
    codes = ("nb", "nn", "en")
    reader.announce(make_announcement(reader.base_url, "2.0", codes=codes), codes=codes)
    reader.open_page({"lang": lang, "seen": "1.0", "channel": "login"})
    text = reader.dialog.inner_text()
    assert [word for word in words if word not in text] == []
    assert reader.dialog.get_attribute("lang") == lang
    assert reader.errors == []


@pytest.mark.cases_in_ci
@pytest.mark.parametrize(("lang", "spoken"), [("nb-NO", "nb"), ("nb_NO", "nb"), ("nn", "nb"), ("sv", "en")])
def test_without_lang_the_language_of_the_page_is_used(reader, lang, spoken):
    reader.announce(make_announcement(reader.base_url, "2.0"))
    reader.open_page({"seen": "1.0", "channel": "login"}, lang=lang)
    assert reader.dialog.get_attribute("lang") == spoken


@pytest.mark.parametrize("reader", [{"locale": "nn-NO"}], indirect=True)
def test_without_any_lang_the_language_of_the_browser_is_used(reader):
    reader.announce(make_announcement(reader.base_url, "2.0"))
    reader.open_page({"seen": "1.0", "channel": "login"}, lang="")
    assert reader.dialog.get_attribute("lang") == "nb"


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("codes", sorted({codes for codes, _, _ in LANGUAGE_CASES}))
def test_a_reader_gets_the_best_language_there_is(reader, codes):
    cases = [(tag, chosen) for languages, tag, chosen in LANGUAGE_CASES if languages == codes]
    reader.announce(make_announcement(reader.base_url, "2.0", ("alert",), codes), codes=codes)
    reader.open_page(*({"lang": tag, "seen": "1.0", "channel": "alert"} for tag, _ in cases))
    shown = reader.banner.evaluate_all(
        "banners => banners.map((banner) => [banner.parentNode.host.getAttribute('lang'), banner.lang])"
    )
    assert list(map(tuple, shown)) == cases
    assert reader.banner.locator("article[lang]").count() == 0
    assert reader.errors == []


def test_a_missing_translation_is_replaced_by_another_language_and_marked(reader):
    reader.announce(make_announcement(reader.base_url, "2.0", codes=("nb",)))
    reader.open_page({"lang": "en", "seen": "1.0", "channel": "login"})
    assert reader.dialog.get_attribute("lang") == "en"
    assert reader.dialog.locator("article").get_attribute("lang") == "nb"


def test_each_announcement_is_in_the_best_language_that_it_has(reader):
    rows = [
        make_announcement(reader.base_url, number, codes=codes)
        for number, codes in (("4.0", ("nb", "en")), ("3.0", ("en",)), ("2.0", ("nb",)))
    ]
    reader.announce(*rows)
    reader.open_page({"lang": "nn_NO", "seen": "1.0", "channel": "login"})
    assert reader.dialog.locator("h3").all_inner_texts() == [
        "Versjon 4.0 av personvernerklæringen",
        "Version 3.0 of the privacy policy",
        "Versjon 2.0 av personvernerklæringen",
    ]
    articles = reader.dialog.locator("article").all()
    assert [article.get_attribute("lang") for article in articles] == [None, "en", None]


def test_a_language_that_the_site_does_not_list_is_not_shown(reader):
    reader.announce(make_announcement(reader.base_url, "2.0", codes=("en",)), codes=("nb",))
    reader.open_page({"lang": "en", "seen": "1.0", "channel": "login"})
    assert reader.notices.count() == 0
    assert reader.errors == []


def test_versions_are_ordered_by_number(reader):
    reader.announce(
        *(make_announcement(reader.base_url, number) for number in ("2.9", "10.0", "2.10", "2.2"))
    )
    reader.open_page({"lang": "en", "seen": "2.9", "channel": "login"})
    titles = reader.dialog.locator("h3").all_inner_texts()
    assert titles == ["Version 10.0 of the privacy policy", "Version 2.10 of the privacy policy"]
    reader.dialog.get_by_role("button", name="I have seen this").click()
    assert reader.acknowledged_versions() == ["10.0"]


def test_the_link_to_all_changes_starts_at_the_oldest_unseen_version(reader):
    rows = [make_announcement(reader.base_url, number) for number in ("4.0", "3.0", "2.0")]
    for row, before in zip(rows, ("3.0", "2.0", "1.0"), strict=True):
        row["languages"]["en"]["since_url"] = f"{reader.base_url}en/changelog/since/{before}/"
    reader.announce(*rows)
    reader.open_page({"lang": "en", "seen": "2.0", "channel": "login"})
    link = reader.dialog.get_by_role("link", name="See all that has changed")
    assert link.get_attribute("href") == f"{reader.base_url}en/changelog/since/2.0/"


@pytest.mark.cases_in_ci
@pytest.mark.parametrize(
    ("seen", "channel", "changed"),
    [
        ("2.0", "login", {}),
        ("3.1", "login", {}),
        ("1.0", "alert", {}),
        ("1.0", "email", {}),
        ("1.0", "login", {"until": "2026-01-06"}),
    ],
)
def test_what_does_not_concern_the_reader_is_hidden(reader, seen, channel, changed):
    reader.announce({**make_announcement(reader.base_url, "2.0"), **changed})
    reader.open_page({"seen": seen, "channel": channel})
    assert reader.policy.requests[-1][0].endswith("announcements.json") or channel == "email"
    assert reader.notices.count() == 0
    assert reader.errors == []


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("how", ["Escape", "Not now"])
def test_closing_acknowledges_nothing(reader, how):
    reader.announce(make_announcement(reader.base_url, "2.0"))
    reader.open_page({"lang": "en", "channel": "login"})
    if how == "Escape":
        reader.page.keyboard.press("Escape")
    else:
        reader.dialog.get_by_role("button", name=how).click()
    reader.dialog.wait_for(state="detached")
    assert reader.acknowledged_versions() == []
    reader.reload()
    assert reader.dialog.is_visible()


def test_without_seen_the_browser_stores_the_version_after_the_click(reader):
    reader.announce(make_announcement(reader.base_url, "2.0"))
    reader.open_page({"lang": "en", "channel": "login"})
    assert reader.page.evaluate("localStorage.length") == 0
    reader.dialog.get_by_role("button", name="I have seen this").click()
    reader.reload()
    assert reader.dialog.count() == 0
    reader.announce(make_announcement(reader.base_url, "2.0"), make_announcement(reader.base_url, "3.0"))
    reader.reload()
    assert reader.dialog.locator("h2").all_inner_texts() == ["Version 3.0 of the privacy policy"]


@pytest.mark.long
def test_with_seen_nothing_is_stored_in_the_browser(reader):
    reader.announce(make_announcement(reader.base_url, "2.0"))
    reader.open_page({"lang": "en", "seen": "", "channel": "login"})
    reader.dialog.get_by_role("button", name="I have seen this").click()
    assert reader.page.evaluate("localStorage.length") == 0


@pytest.mark.long
def test_acknowledging_the_dialog_closes_the_banner_too(reader):
    reader.announce(make_announcement(reader.base_url, "2.0", ("login", "alert")))
    reader.open_page(
        {"lang": "en", "seen": "1.0", "channel": "alert"}, {"lang": "en", "seen": "1.0", "channel": "login"}
    )
    assert reader.banner.is_visible()
    reader.dialog.get_by_role("button", name="I have seen this").click()
    assert reader.banner.count() == 0
    assert reader.acknowledged_versions() == ["2.0"]


def test_the_events_name_the_versions_and_their_log_entries(reader):
    reader.announce(*(make_announcement(reader.base_url, number) for number in ("2.0", "3.0")))
    reader.page.add_init_script(
        "window.details = []; for (const event of ['shown', 'acknowledged'])"
        " addEventListener(`policy-notice:${event}`, ({ detail }) => details.push(detail));"
    )
    reader.open_page({"lang": "en", "seen": "1.0", "channel": "login"})
    reader.dialog.get_by_role("button", name="I have seen this").click()
    detail = {
        "version": "3.0",
        "versions": ["3.0", "2.0"],
        "entry": make_entry("3.0"),
        "entries": [make_entry("3.0"), make_entry("2.0")],
        "channel": "login",
    }
    assert reader.page.evaluate("details") == [detail, detail]
