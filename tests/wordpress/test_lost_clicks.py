"""No click is lost and no notice lies: stale nonces, a closed REST API, no network, another member."""

import pytest

from tests.helpers.small_policy import announcements_json, make_announcement, make_entry
from tests.helpers.waiting import wait_until
from tests.wordpress.conftest import CLOSED

pytestmark = pytest.mark.xdist_group("wordpress")

BUTTON = "I have seen this"


def _log(site, user):
    rows = [row.split() for row in site.wordpress.user_meta(user, "klartekst_policy_log")]
    return [f"{version} {channel} {event}" for version, _, channel, event, _ in rows]


def _wait_until_acknowledged(site, page, user):
    wait_until(
        lambda: "2.0 login acknowledged" in _log(site, user),
        "the acknowledgement",
        lambda seconds: page.wait_for_timeout(seconds * 1000),
    )
    assert _log(site, user) == ["2.0 login shown", "2.0 login acknowledged"]
    assert site.wordpress.user_meta(user, "klartekst_policy_seen") == ["2.0"]


def _wait_until_nothing_is_kept(page):
    """Wait until WordPress has confirmed every report of this page.

    A page has no script for reports once WordPress has them all: a request that outlived its page may have
    brought the last one, and what that page kept stays behind.
    """
    nothing_is_kept = "Object.keys(localStorage).every((key) => !key.startsWith('klartekst-policy'))"
    page.wait_for_function(f"!document.querySelector('.klartekst-policy-reports') || {nothing_is_kept}")


def _block_reports(page):
    page.context.route(lambda url: "notices/" in url or "admin-ajax" in url, lambda route: route.abort())


def _unblock_reports(page):
    page.goto("about:blank")  # a request that is under way must still fail
    page.context.unroute_all()


def _open_dialog(site):
    """Log Emma in; return her page with the dialog, once its showing is recorded."""
    page = site.open_browser()
    with page.expect_response(lambda answer: answer.url.endswith("shown")):
        site.log_in("emma", page)
    page.get_by_role("dialog").wait_for()
    return page


@pytest.mark.long
def test_a_click_counts_after_another_login_made_the_nonce_stale(site, members):
    site.announce("2.0")
    page = _open_dialog(site)
    page.context.route(lambda url: "notice.js" in url, lambda route: route.abort())
    site.log_in("emma", page.context.new_page())
    page.get_by_role("button", name=BUTTON).click()
    assert page.get_by_role("dialog").count() == 0
    _wait_until_acknowledged(site, page, members["emma"])
    _wait_until_nothing_is_kept(page)


@pytest.mark.long
@pytest.mark.parametrize("how", CLOSED)
def test_a_closed_rest_api_loses_no_click(site, members, close_rest_api, how):
    site.announce("2.0")
    close_rest_api(CLOSED[how])
    page = site.log_in("emma")
    page.get_by_role("button", name=BUTTON).click()
    _wait_until_acknowledged(site, page, members["emma"])
    _wait_until_nothing_is_kept(page)
    site.open_home(page)
    assert page.get_by_role("dialog").count() == 0


def test_a_click_is_kept_until_wordpress_answers_again(site, members):
    site.announce("2.0", channels=("login", "alert"))
    page = site.open_browser()
    _block_reports(page)
    site.log_in("emma", page)
    page.get_by_role("dialog").get_by_role("button", name=BUTTON).click()
    page.wait_for_function("Object.keys(localStorage).some((key) => key.includes('acknowledged'))")
    site.open_home(page)
    assert page.locator("policy-notice").locator("dialog, section").count() == 0
    assert _log(site, members["emma"]) == []
    _unblock_reports(page)
    site.open_home(page)
    _wait_until_nothing_is_kept(page)
    # Once the version is acknowledged, nobody needs to know in which other channel it was shown.
    recorded = set(_log(site, members["emma"]))
    assert recorded >= {"2.0 login shown", "2.0 login acknowledged"}
    assert recorded <= {"2.0 login shown", "2.0 login acknowledged", "2.0 alert shown"}


@pytest.mark.long
def test_a_dialog_whose_showing_cannot_be_reported_does_not_come_back_on_every_page(site, members):
    site.announce("2.0")
    page = site.open_browser()
    _block_reports(page)
    site.log_in("emma", page)
    page.get_by_role("dialog").wait_for()
    page.keyboard.press("Escape")
    site.open_home(page)
    assert page.get_by_role("dialog").count() == 0
    _unblock_reports(page)
    site.open_home(page)
    _wait_until_nothing_is_kept(page)
    assert _log(site, members["emma"]) == ["2.0 login shown"]
    site.log_in("emma", page)
    page.get_by_role("dialog").wait_for()


@pytest.mark.long
def test_a_dialog_that_can_neither_keep_nor_send_a_click_stays_open_and_says_so(site, members):
    site.announce("2.0")
    page = site.open_browser()
    page.context.add_init_script("Storage.prototype.setItem = () => { throw new Error('blocked'); };")
    _block_reports(page)
    site.log_in("emma", page)
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name=BUTTON).click()
    dialog.get_by_role("alert").wait_for()
    assert dialog.get_by_role("alert").inner_text() == "This was not saved. Try again."
    assert _log(site, members["emma"]) == []
    page.context.unroute_all()
    dialog.get_by_role("button", name=BUTTON).click()
    dialog.wait_for(state="detached")
    _wait_until_acknowledged(site, page, members["emma"])


@pytest.mark.long
def test_a_click_on_a_page_of_another_member_counts_for_the_one_who_clicked(site, members):
    site.announce("2.0")
    page = _open_dialog(site)
    page.context.route(lambda url: "notice.js" in url, lambda route: route.abort())
    site.log_in("kari", page.context.new_page())
    with page.expect_response(
        lambda answer: "klartekst_policy_notice_report" in (answer.request.post_data or "")
    ):
        page.get_by_role("button", name=BUTTON).click()
    # The click is sent a last time by way of admin-ajax, and refused.
    assert _log(site, members["kari"]) == []
    page.context.unroute_all()
    site.log_in("emma", page)
    _wait_until_nothing_is_kept(page)
    assert _log(site, members["kari"]) == []
    _wait_until_acknowledged(site, page, members["emma"])


@pytest.mark.long
def test_a_showing_reported_again_after_a_later_login_hides_no_dialog(site, members):
    site.announce("2.0")
    page = _open_dialog(site)
    emma = members["emma"]
    site.wordpress.run_php(f"update_user_meta( {emma}, 'klartekst_policy_ask', '1796000000' );")
    body = {"entries": [make_entry("2.0")], "channel": "login", "login": "1795000000", "member": emma}
    assert site.post_event(page, "shown", body, site.read_nonce(page))[0] == 200
    assert site.wordpress.user_meta(emma, "klartekst_policy_ask") == ["1796000000"]
    site.post_event(page, "shown", {**body, "login": "1796000000"}, site.read_nonce(page))
    assert site.wordpress.user_meta(emma, "klartekst_policy_ask") == []


@pytest.mark.long
def test_a_kept_click_counts_after_the_last_day_of_the_announcement(site, members):
    site.announce("2.0")
    page = _open_dialog(site)
    nonce = site.read_nonce(page)
    past = {**make_announcement(site.base_url, "2.0"), "until": "2026-01-06"}
    site.publish(announcements_json(site.base_url, past))
    body = {"entries": [make_entry("2.0")], "channel": "login"}
    assert site.post_event(page, "acknowledged", body, nonce) == (200, {"seen": "2.0"})
    assert _log(site, members["emma"]) == ["2.0 login shown", "2.0 login acknowledged"]


@pytest.mark.long
def test_a_kept_click_is_sent_from_a_page_without_notices(site, members):
    site.announce("2.0")
    page = _open_dialog(site)
    _block_reports(page)
    page.get_by_role("button", name=BUTTON).click()
    past = {**make_announcement(site.base_url, "2.0"), "until": "2026-01-06"}
    site.publish(announcements_json(site.base_url, past))
    _unblock_reports(page)
    page.goto(site.wordpress.url)
    assert page.locator("policy-notice").count() == 0
    _wait_until_nothing_is_kept(page)
    # A request that outlived its page may have been recorded as well.
    assert list(dict.fromkeys(_log(site, members["emma"]))) == ["2.0 login shown", "2.0 login acknowledged"]
    page.goto(site.wordpress.url)
    assert page.locator(".klartekst-policy-reports, script[src*='acknowledge.js']").count() == 0


@pytest.mark.long
def test_clicks_in_two_tabs_without_a_network_count_once_when_it_is_back(site, members):
    emma = members["emma"]
    site.announce("2.0", channels=("login", "alert"))
    page = site.open_browser()
    _block_reports(page)
    site.log_in("emma", page)
    other = page.context.new_page()
    site.open_home(other)
    page.context.unroute_all()
    page.context.set_offline(True)
    page.get_by_role("dialog").get_by_role("button", name=BUTTON).click()
    other.get_by_role("region").get_by_role("button", name=BUTTON).click()
    kept = "Object.keys(localStorage).filter((key) => key.includes('acknowledged')).length"
    page.wait_for_function(f"{kept} === 2")
    page.context.set_offline(False)
    _wait_until_nothing_is_kept(page)
    # Both tabs send what is kept, so a row may be there twice; the log that is exported has it once.
    assert set(_log(site, emma)) == {
        f"2.0 {channel} {event}" for channel in ("login", "alert") for event in ("shown", "acknowledged")
    }
    log = site.wordpress.evaluate_php(f"Klartekst\\PolicyNotice\\get_member_log( {emma} )")
    assert sorted(log) == [f"2.0 {make_entry('2.0')} {channel}" for channel in ("alert", "login")]
    assert all(times["shown"] <= times["acknowledged"] for times in log.values())
    site.open_home(other)
    assert other.locator("policy-notice").count() == 0


@pytest.mark.long
def test_a_click_in_a_tab_from_before_an_erasure_counts(site, members):
    site.announce("2.0")
    page = _open_dialog(site)
    erasers = "apply_filters( 'wp_privacy_personal_data_erasers', array() )"
    site.wordpress.run_php(f"{erasers}['klartekst-policy-notice']['callback']( 'emma@example.no', 1 );")
    assert _log(site, members["emma"]) == []
    page.get_by_role("button", name=BUTTON).click()
    _wait_until_acknowledged(site, page, members["emma"])
    site.open_home(page)
    assert page.locator("policy-notice").count() == 0


INVALID_REPORTS = [
    "",
    "[]",
    "{",
    '{"event": "seen", "entries": ["%s"], "channel": "login"}',
    '{"event": "shown", "entries": "3.0", "channel": "login"}',
    '{"event": "shown", "entries": ["%s", 1], "channel": "login"}',
    '{"event": "shown", "entries": ["%s"], "channel": "login", "member": "emma"}',
    '{"event": "shown", "entries": ["%s"], "channel": "login", "login": ["1"]}',
]


@pytest.mark.long
def test_a_report_by_way_of_admin_ajax_is_checked_like_one_to_the_rest_api(site, members):
    site.announce("2.0")
    page = site.open_browser()
    _block_reports(page)
    site.log_in("emma", page)

    def post(report, nonce):
        form = {"action": "klartekst_policy_notice_report", "report": report, "_ajax_nonce": nonce}
        return page.request.post(f"{site.wordpress.url}/wp-admin/admin-ajax.php", form=form).status

    nonce, entry = site.read_nonce(page), make_entry("2.0")
    assert {post(report.replace("%s", entry), nonce) for report in INVALID_REPORTS} == {400}
    good = f'{{"event": "shown", "entries": ["{entry}"], "channel": "login"}}'
    assert post(good, "0123456789") == 403
    assert post(good.replace(entry, make_entry("3.0")), nonce) == 409
    assert _log(site, members["emma"]) == []
    assert post(good, nonce) == 200
    assert _log(site, members["emma"]) == ["2.0 login shown"]
