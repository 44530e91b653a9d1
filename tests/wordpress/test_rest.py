"""The REST routes record what a member saw, for that member only."""

import pytest

pytestmark = pytest.mark.xdist_group("wordpress")

GOOD = {"versions": ["2.0"], "channel": "login"}


@pytest.mark.parametrize("event", ["shown", "acknowledged"])
def test_a_visitor_cannot_acknowledge(site, event):
    assert site.post_event(site.open_browser(), event, GOOD)[0] == 401


@pytest.mark.parametrize("nonce", [None, "0123456789"])
def test_a_request_without_a_valid_nonce_is_refused(site, members, nonce):
    page = site.log_in("emma")
    assert site.post_event(page, "acknowledged", GOOD, nonce)[0] in {401, 403}
    assert site.wordpress.user_meta(members["emma"], "klartekst_policy_seen") == []


def test_a_subscriber_cannot_acknowledge_for_another(site, members):
    page = site.log_in("emma")
    other = dict.fromkeys(("user", "user_id", "id", "author"), members["kari"])
    status, answer = site.post_event(page, "acknowledged", {**GOOD, **other}, site.read_nonce(page))
    assert (status, answer) == (200, {"seen": "2.0"})
    assert site.wordpress.user_meta(members["kari"], "klartekst_policy_seen") == []
    assert site.wordpress.user_meta(members["kari"], "klartekst_policy_log") == []
    assert site.wordpress.user_meta(members["emma"], "klartekst_policy_seen") == ["2.0"]


def test_the_nonce_of_one_member_is_invalid_for_another(site, members):
    nonce = site.read_nonce(site.log_in("kari"))
    assert site.post_event(site.log_in("emma"), "acknowledged", GOOD, nonce)[0] == 403
    assert site.wordpress.user_meta(members["kari"], "klartekst_policy_seen") == []


INVALID_BODIES = [
    {},
    {"versions": ["2.0"]},
    {"versions": [], "channel": "login"},
    {"versions": ["2.0"], "channel": "email"},
    {"versions": ["2.0\n"], "channel": "login"},
    {"versions": ["<b>2.0</b>"], "channel": "login"},
    {"versions": ["2"], "channel": "login"},
    {"versions": [["2.0"]], "channel": "login"},
    {"versions": ["2.0"] * 51, "channel": "login"},
]


def test_an_invalid_body_is_refused(site, members):
    page = site.log_in("emma")
    nonce = site.read_nonce(page)
    accepted = [
        body for body in INVALID_BODIES if site.post_event(page, "acknowledged", body, nonce)[0] != 400
    ]
    assert accepted == []
    assert site.wordpress.user_meta(members["emma"], "klartekst_policy_log") == []


def test_acknowledging_an_older_version_changes_nothing(site):
    page = site.log_in("emma")
    nonce = site.read_nonce(page)
    for version, seen in (("2.9", "2.9"), ("2.10", "2.10"), ("2.9", "2.10"), ("1.0", "2.10")):
        answer = site.post_event(page, "acknowledged", {"versions": [version], "channel": "login"}, nonce)
        assert answer == (200, {"seen": seen})


def test_a_log_is_limited_in_length(site, members):
    page = site.log_in("emma")
    nonce = site.read_nonce(page)
    for major in range(5):
        body = {"versions": [f"{major}.{minor}" for minor in range(50)], "channel": "login"}
        assert site.post_event(page, "shown", body, nonce)[0] == 200
    assert len(site.wordpress.user_meta(members["emma"], "klartekst_policy_log")) == 200


def test_the_first_time_is_kept(site, members):
    page = site.log_in("emma")
    nonce = site.read_nonce(page)
    site.post_event(page, "shown", GOOD, nonce)
    first = site.wordpress.user_meta(members["emma"], "klartekst_policy_log")
    site.post_event(page, "shown", {**GOOD, "versions": ["2.0", "2.0"]}, nonce)
    assert site.wordpress.user_meta(members["emma"], "klartekst_policy_log") == first
