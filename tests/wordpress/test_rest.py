"""The REST routes record what a member saw, for that member only."""

import json

import pytest

from tests.helpers.small_policy import announcements_json, make_announcement, make_entry

pytestmark = pytest.mark.xdist_group("wordpress")

GOOD = {"entries": [make_entry("2.0")], "channel": "login"}


@pytest.fixture(autouse=True)
def _announced(site):
    site.announce("2.10", "2.9", "2.0")


def _log_in(site, login):
    """Log a member in with a browser that sends no reports of its own."""
    page = site.open_browser()
    page.route(lambda url: "/notices/" in url or "admin-ajax" in url, lambda route: route.abort())
    return site.log_in(login, page)


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("event", ["shown", "acknowledged"])
def test_a_visitor_cannot_acknowledge(site, event):
    assert site.post_event(site.open_browser(), event, GOOD)[0] == 401


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("nonce", [None, "0123456789"])
def test_a_request_without_a_valid_nonce_is_refused(site, members, nonce):
    page = _log_in(site, "emma")
    assert site.post_event(page, "acknowledged", GOOD, nonce)[0] in {401, 403}
    assert site.wordpress.user_meta(members["emma"], "klartekst_policy_seen") == []


@pytest.mark.long
def test_a_subscriber_cannot_acknowledge_for_another(site, members):
    page = _log_in(site, "emma")
    other = dict.fromkeys(("user", "user_id", "id", "author"), members["kari"])
    status, answer = site.post_event(page, "acknowledged", {**GOOD, **other}, site.read_nonce(page))
    assert (status, answer) == (200, {"seen": "2.0"})
    assert site.wordpress.user_meta(members["kari"], "klartekst_policy_seen") == []
    assert site.wordpress.user_meta(members["kari"], "klartekst_policy_log") == []
    assert site.wordpress.user_meta(members["emma"], "klartekst_policy_seen") == ["2.0"]


def test_the_nonce_of_one_member_is_invalid_for_another(site, members):
    nonce = site.read_nonce(_log_in(site, "kari"))
    assert site.post_event(_log_in(site, "emma"), "acknowledged", GOOD, nonce)[0] == 403
    assert site.wordpress.user_meta(members["kari"], "klartekst_policy_seen") == []


INVALID_BODIES = [
    {},
    {"entries": [make_entry("2.0")]},
    {"versions": ["2.0"], "channel": "login"},
    {"entries": [], "channel": "login"},
    {"entries": [make_entry("2.0")], "channel": "email"},
    {"entries": [make_entry("2.0") + "\n"], "channel": "login"},
    {"entries": [make_entry("2.0").upper()], "channel": "login"},
    {"entries": ["2.0"], "channel": "login"},
    {"entries": [[make_entry("2.0")]], "channel": "login"},
    {"entries": [make_entry("2.0")] * 2, "channel": "login"},
    {"entries": [make_entry(f"{minor}") for minor in range(101)], "channel": "login"},
]


def test_an_invalid_body_is_refused(site, members):
    page = _log_in(site, "emma")
    nonce = site.read_nonce(page)
    accepted = [
        body for body in INVALID_BODIES if site.post_event(page, "acknowledged", body, nonce)[0] != 400
    ]
    assert accepted == []
    assert site.wordpress.user_meta(members["emma"], "klartekst_policy_log") == []


@pytest.mark.long
@pytest.mark.parametrize(
    "body",
    [
        {"entries": [make_entry("3.0")], "channel": "login"},
        {"entries": [make_entry("2.0"), make_entry("3.0")], "channel": "login"},
        {"entries": [make_entry("2.0")], "channel": "alert"},
    ],
)
@pytest.mark.parametrize("event", ["shown", "acknowledged"])
def test_what_is_not_announced_in_the_channel_is_not_recorded(site, members, event, body):
    page = _log_in(site, "emma")
    assert site.post_event(page, event, body, site.read_nonce(page))[0] == 409
    for key in ("klartekst_policy_log", "klartekst_policy_seen"):
        assert site.wordpress.user_meta(members["emma"], key) == []


@pytest.mark.long
def test_a_version_is_acknowledged_until_its_last_day_only(site, members):
    page = _log_in(site, "emma")
    nonce = site.read_nonce(page)
    past = {**make_announcement(site.base_url, "2.0"), "until": "2026-01-06"}
    site.publish(announcements_json(site.base_url, past))
    assert site.post_event(page, "acknowledged", GOOD, nonce)[0] == 409
    assert site.wordpress.user_meta(members["emma"], "klartekst_policy_log") == []


@pytest.mark.long
def test_acknowledging_an_older_version_changes_nothing(site):
    page = _log_in(site, "emma")
    nonce = site.read_nonce(page)
    for version, seen in (("2.9", "2.9"), ("2.10", "2.10"), ("2.9", "2.10"), ("2.0", "2.10")):
        body = {"entries": [make_entry(version)], "channel": "login"}
        assert site.post_event(page, "acknowledged", body, nonce) == (200, {"seen": seen})


@pytest.mark.long
def test_a_log_is_limited_in_length(site, members):
    page = _log_in(site, "emma")
    nonce = site.read_nonce(page)
    for major in range(3):
        versions = [f"{major}.{minor}" for minor in range(100)]
        rows = [make_announcement(site.base_url, version, codes=("nb",)) for version in versions]
        site.publish(announcements_json(site.base_url, *rows, codes=("nb",)))
        body = {"entries": [make_entry(version) for version in versions], "channel": "login"}
        assert site.post_event(page, "shown", body, nonce)[0] == 200
    assert len(site.wordpress.user_meta(members["emma"], "klartekst_policy_log")) == 200


@pytest.mark.long
def test_the_first_time_is_kept(site, members):
    page = _log_in(site, "emma")
    nonce = site.read_nonce(page)
    site.post_event(page, "shown", GOOD, nonce)
    first = site.wordpress.user_meta(members["emma"], "klartekst_policy_log")
    site.post_event(page, "shown", GOOD, nonce)
    assert site.wordpress.user_meta(members["emma"], "klartekst_policy_log") == first


def test_the_announcements_are_those_of_the_policy_without_fields_that_nobody_needs(site):
    route = f"{site.wordpress.url}/?rest_route=/klartekst/v1/announcements"
    row = make_announcement(site.base_url, "2.0")
    text = announcements_json(site.base_url, row)
    site.publish(announcements_json(site.base_url, {**row, "script": "alert(1)"}))
    answer = site.open_browser().request.get(route)
    assert (answer.status, answer.json()) == (200, json.loads(text))
    assert answer.headers["cache-control"] == "no-cache"


def test_without_an_answer_of_the_policy_there_are_no_announcements(site):
    route = f"{site.wordpress.url}/?rest_route=/klartekst/v1/announcements"
    site.wordpress.run_php(f"update_option( 'klartekst_policy_notice_site', '{site.base_url}ny/' );")
    assert site.open_browser().request.get(route).status == 404


@pytest.mark.long
def test_a_version_is_recorded_as_shown_first_however_the_reports_arrive(site, members):
    versions = [f"2.{minor}" for minor in range(20)]
    site.announce(*versions)
    member = _log_in(site, "emma")
    page = member.context.new_page()
    page.goto(f"{site.wordpress.url}/wp-login.php")
    reports = [
        [event, {"entries": [make_entry(version)], "channel": "login"}]
        for version in versions
        for event in ("acknowledged", "shown")
    ]
    # The browser sends all of them at once, to four processes of PHP.
    page.evaluate(
        """([reports, nonce]) => Promise.all(reports.map(([event, body]) => fetch(
            `/?rest_route=/klartekst/v1/notices/${event}`,
            { method: 'POST', body: JSON.stringify(body),
              headers: { 'Content-Type': 'application/json', 'X-WP-Nonce': nonce } })))""",
        [reports, site.read_nonce(member)],
    )
    rows = [row.split() for row in site.wordpress.user_meta(members["emma"], "klartekst_policy_log")]
    events = [(version, event) for version, _, _, event, _ in rows]
    for version in versions:
        assert events.index((version, "shown")) < events.index((version, "acknowledged"))


def test_the_log_has_no_acknowledgement_before_its_showing_though_clocks_differ(site, members):
    emma = members["emma"]
    for row in (
        "2.0 %s login shown 7200",
        "2.0 %s login acknowledged 3600",
        "2.9 %s login acknowledged 3600",
    ):
        value = row % make_entry(row.split()[0])
        site.wordpress.run_php(f"add_user_meta( {emma}, 'klartekst_policy_log', '{value}' );")
    log = site.wordpress.evaluate_php(f"Klartekst\\PolicyNotice\\get_member_log( {emma} )")
    assert log == {
        f"2.0 {make_entry('2.0')} login": {"shown": 7200, "acknowledged": 7200},
        f"2.9 {make_entry('2.9')} login": {"acknowledged": 3600, "shown": 3600},
    }
