"""The REST routes take from a member what is about that member, and nothing else."""

import pytest

pytestmark = pytest.mark.xdist_group("wordpress")

GOOD = {"versions": ["2.0"], "channel": "login"}


@pytest.mark.parametrize("what", ["shown", "acknowledged"])
def test_a_visitor_acknowledges_nothing(site, what):
    assert site.post(site.visitor(), what, GOOD)[0] == 401


@pytest.mark.parametrize("nonce", [None, "0123456789"])
def test_a_request_from_elsewhere_acknowledges_nothing(site, members, nonce):
    page = site.member("emma")
    assert site.post(page, "acknowledged", GOOD, nonce)[0] in {401, 403}
    assert site.wordpress.meta(members["emma"], "klartekst_policy_seen") == []


def test_a_subscriber_cannot_acknowledge_for_another(site, members):
    page = site.member("emma")
    other = dict.fromkeys(("user", "user_id", "id", "author"), members["kari"])
    status, answer = site.post(page, "acknowledged", {**GOOD, **other}, site.nonce(page))
    assert (status, answer) == (200, {"seen": "2.0"})
    assert site.wordpress.meta(members["kari"], "klartekst_policy_seen") == []
    assert site.wordpress.meta(members["kari"], "klartekst_policy_log") == []
    assert site.wordpress.meta(members["emma"], "klartekst_policy_seen") == ["2.0"]


def test_a_nonce_of_one_member_is_none_for_another(site, members):
    nonce = site.nonce(site.member("kari"))
    assert site.post(site.member("emma"), "acknowledged", GOOD, nonce)[0] == 403
    assert site.wordpress.meta(members["kari"], "klartekst_policy_seen") == []


NO_VERSIONS = [
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


def test_what_is_no_version_is_refused(site, members):
    page = site.member("emma")
    nonce = site.nonce(page)
    taken = [body for body in NO_VERSIONS if site.post(page, "acknowledged", body, nonce)[0] != 400]
    assert taken == []
    assert site.wordpress.meta(members["emma"], "klartekst_policy_log") == []


def test_an_older_version_moves_nothing_back(site):
    page = site.member("emma")
    nonce = site.nonce(page)
    for version, seen in (("2.9", "2.9"), ("2.10", "2.10"), ("2.9", "2.10"), ("1.0", "2.10")):
        answer = site.post(page, "acknowledged", {"versions": [version], "channel": "login"}, nonce)
        assert answer == (200, {"seen": seen})


def test_a_log_has_an_end(site, members):
    page = site.member("emma")
    nonce = site.nonce(page)
    for major in range(5):
        body = {"versions": [f"{major}.{minor}" for minor in range(50)], "channel": "login"}
        assert site.post(page, "shown", body, nonce)[0] == 200
    assert len(site.wordpress.meta(members["emma"], "klartekst_policy_log")) == 200


def test_the_first_time_stays(site, members):
    page = site.member("emma")
    nonce = site.nonce(page)
    site.post(page, "shown", GOOD, nonce)
    first = site.wordpress.meta(members["emma"], "klartekst_policy_log")
    site.post(page, "shown", {**GOOD, "versions": ["2.0", "2.0"]}, nonce)
    assert site.wordpress.meta(members["emma"], "klartekst_policy_log") == first
