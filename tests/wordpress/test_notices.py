"""Notices to members in a real WordPress: after a login, until they acknowledge."""

import pytest

from tests.helpers.notice_reader import wait_for_notices
from tests.helpers.small_policy import announcements_json, make_announcement, make_entry
from tests.helpers.waiting import wait_until

pytestmark = pytest.mark.xdist_group("wordpress")


@pytest.mark.cases_in_ci
@pytest.mark.parametrize(
    ("login", "heading", "click"),
    [
        ("kari", "Versjon 2.0 av personvernerklæringen", "Jeg har sett dette"),
        ("emma", "Version 2.0 of the privacy policy", "I have seen this"),
    ],
)
def test_a_member_sees_the_notice_at_login_until_it_is_acknowledged(site, members, login, heading, click):
    site.announce("2.0")
    page = site.log_in(login)
    dialog = page.get_by_role("dialog", name=heading)
    dialog.wait_for()
    with page.expect_response(lambda answer: answer.url.endswith("acknowledged")) as answer:
        dialog.get_by_role("button", name=click).click()
    assert answer.value.json() == {"seen": "2.0"}
    assert dialog.count() == 0
    assert site.wordpress.user_meta(members[login], "klartekst_policy_seen") == ["2.0"]
    assert _log(site, members[login]) == ["2.0 login shown", "2.0 login acknowledged"]

    site.open_home(page)
    assert page.locator("policy-notice dialog").count() == 0
    again = site.log_in(login)
    wait_for_notices(again)
    assert again.locator("policy-notice, script[src*='notice.js']").count() == 0


@pytest.mark.long
def test_an_acknowledgement_waits_until_the_showing_is_recorded(site, members):
    site.announce("2.0")
    page = site.open_browser()
    held, asked = [], []
    page.route(lambda url: url.endswith("notices/shown"), lambda route, _: held.append(route))
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    site.log_in("emma", page)
    wait_until(lambda: held, "a showing", lambda seconds: page.wait_for_timeout(seconds * 1000))
    page.get_by_role("button", name="I have seen this").click()
    assert page.get_by_role("dialog").count() == 0
    assert [what for what in asked if what in {"shown", "acknowledged"}] == ["shown"]
    assert _log(site, members["emma"]) == []
    with page.expect_response(lambda answer: answer.url.endswith("acknowledged")):
        held[0].continue_()
    assert _log(site, members["emma"]) == ["2.0 login shown", "2.0 login acknowledged"]


@pytest.mark.long
def test_an_acknowledgement_counts_when_the_member_leaves_before_the_showing_is_recorded(site, members):
    site.announce("2.0")
    slow = site.wordpress.path / "wp-content" / "mu-plugins" / "slow.php"
    ended = site.wordpress.path / "ended"
    slow.write_text(
        "<?php if ( str_ends_with( $_SERVER['REQUEST_URI'] ?? '', 'shown' ) ) {"
        f" while ( is_file( '{slow}' ) ) {{ usleep( 20000 ); clearstatcache(); }}"
        f" register_shutdown_function( 'touch', '{ended}' ); }}"
    )
    try:
        page = site.log_in("emma")
        page.get_by_role("button", name="I have seen this").click()
        page.goto("about:blank")
        wait_until(lambda: "2.0 login acknowledged" in _log(site, members["emma"]), "an acknowledgement")
        assert _log(site, members["emma"]) == ["2.0 login shown", "2.0 login acknowledged"]
    finally:
        slow.unlink()
    # Late as it is, the report of the showing must neither change the log nor reach the next test.
    wait_until(ended.is_file, "the end of the slow request")
    assert _log(site, members["emma"]) == ["2.0 login shown", "2.0 login acknowledged"]


def _log(site, user):
    """Give what is noted of a member in the order of the notes, without the entries and times."""
    rows = [row.split() for row in site.wordpress.user_meta(user, "klartekst_policy_log")]
    assert all(entry == make_entry(version) for version, entry, *_ in rows)
    return [f"{version} {channel} {event}" for version, _, channel, event, _ in rows]


@pytest.mark.long
def test_a_later_version_is_shown_at_the_next_login(site):
    site.announce("2.0")
    page = site.log_in("emma")
    with page.expect_response(lambda answer: answer.url.endswith("acknowledged")):
        page.get_by_role("button", name="I have seen this").click()
    site.announce("3.0", "2.0")
    page = site.log_in("emma")
    page.get_by_role("dialog").wait_for()
    assert page.locator("policy-notice h2").all_inner_texts() == ["Version 3.0 of the privacy policy"]


@pytest.mark.long
def test_a_closed_dialog_reappears_at_the_next_login_and_not_before(site, members):
    site.announce("2.0")
    page = site.open_browser()
    with page.expect_response(lambda answer: answer.url.endswith("shown")):
        site.log_in("emma", page)
    page.get_by_role("dialog").wait_for()
    page.keyboard.press("Escape")
    site.open_home(page)
    assert page.get_by_role("dialog").count() == 0
    assert site.wordpress.user_meta(members["emma"], "klartekst_policy_seen") == []
    page = site.log_in("emma")
    page.get_by_role("dialog").wait_for()


def test_an_alert_is_shown_on_every_page_to_members_only(site, members):
    site.announce("2.0", channels=("login", "alert"))
    visitor = site.open_browser()
    site.open_home(visitor)
    assert visitor.locator("policy-notice").count() == 0
    assert visitor.locator("script[src*='notice.js']").count() == 0

    page = site.open_browser()
    with page.expect_response(
        lambda answer: answer.url.endswith("shown") and "login" in answer.request.post_data
    ):
        site.log_in("kari", page)
    page.get_by_role("button", name="Ikke nå").click()
    site.open_home(page)
    banner = page.get_by_role("region", name="Versjon 2.0 av personvernerklæringen")
    assert banner.is_visible()
    with page.expect_response(lambda answer: answer.url.endswith("acknowledged")):
        banner.get_by_role("button", name="Jeg har sett dette").click()
    site.open_home(page)
    assert banner.count() == 0
    # Two pages in turn may note one showing twice; the first time counts.
    assert sorted(set(_log(site, members["kari"]))) == [
        "2.0 alert acknowledged",
        "2.0 alert shown",
        "2.0 login shown",
    ]


@pytest.mark.long
def test_a_theme_without_wp_body_open_shows_the_banner_too(site):
    theme = site.wordpress.path / "wp-content" / "themes" / "plain" / "index.php"
    text = theme.read_text()
    site.announce("2.0", channels=("alert",))
    try:
        theme.write_text(text.replace("wp_body_open();", ""))
        page = site.log_in("emma")
        site.open_home(page)
        assert page.get_by_role("region", name="Version 2.0 of the privacy policy").count() == 1
    finally:
        theme.write_text(text)


@pytest.mark.long
def test_without_an_address_nothing_is_shown_or_loaded(site):
    site.wordpress.run_php("update_option( 'klartekst_policy_notice_site', '' );")
    page = site.log_in("emma")
    assert page.locator("policy-notice, script[src*='notice.js']").count() == 0


@pytest.mark.long
def test_the_scripts_are_the_plugins_own_and_deferred_in_the_right_order(site):
    site.announce("2.0")
    page = site.log_in("emma")
    scripts = page.locator("script[id^='klartekst-policy'][src]").all()
    assert [one.get_attribute("defer") for one in scripts] == ["", ""]
    folder = f"{site.wordpress.url}/wp-content/plugins/klartekst-policy-notice/assets/"
    assert [one.get_attribute("src").partition("?")[0] for one in scripts] == [
        f"{folder}acknowledge.js",
        f"{folder}notice.js",
    ]


@pytest.mark.long
def test_members_and_visitors_send_no_request_to_the_policy(site):
    site.announce("2.0", channels=("login", "alert"))
    del site.policy.requests[:]
    page = site.log_in("emma")
    page.get_by_role("dialog").wait_for()
    site.open_home(page)
    assert page.locator("policy-notice section").count() == 1
    site.open_home(site.open_browser())
    assert site.policy.requests == []


@pytest.mark.long
def test_links_of_a_notice_lead_to_the_policy(site):
    site.announce("2.0")
    page = site.log_in("kari")
    page.get_by_role("dialog").wait_for()
    links = page.get_by_role("dialog").get_by_role("link")
    assert [link.get_attribute("href") for link in links.all()] == [
        f"{site.base_url}hjelpesenter/2.0/",
        f"{site.base_url}endringslogg/siden/1.0/",
    ]


@pytest.mark.long
def test_an_unreachable_policy_changes_no_page(site):
    site.announce("2.0")
    site.publish("down", status=500)
    page = site.open_browser()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    site.log_in("emma", page)
    page.get_by_role("dialog").wait_for()
    site.open_home(page)
    assert errors == []


@pytest.mark.long
def test_an_announcement_past_its_day_is_shown_no_more(site):
    row = {**make_announcement(site.base_url, "2.0"), "until": "2026-01-06"}
    site.publish(announcements_json(site.base_url, row))
    page = site.log_in("emma")
    assert page.locator("policy-notice").count() == 0
