"""Notices behind a page cache, nginx, and with a strict Content-Security-Policy."""

from contextlib import contextmanager
from dataclasses import replace

import pytest

from tests.helpers.waiting import wait_until
from tests.helpers.web_servers import make_public_folder, run_nginx

pytestmark = pytest.mark.xdist_group("wordpress")

_PROXY = """
    proxy_set_header Host $http_host;
    proxy_set_header X-Cache $http_host;
    location / { proxy_pass http://127.0.0.1:%(port)s; }
    location = / {
      proxy_pass http://127.0.0.1:%(port)s;
      proxy_cache pages;
      proxy_cache_valid 200 1h;
      add_header X-Cache-Status $upstream_cache_status always;
      add_header Content-Security-Policy "%(policy)s" always;
      %(rules)s
    }
"""
_POLICY = (
    "default-src 'none'; base-uri 'none'; script-src 'self'; connect-src 'self';"
    " require-trusted-types-for 'script'; trusted-types 'none'"
)
_MAPS = """
  proxy_cache_path %s/cache keys_zone=pages:1m;
  map $http_cookie $member { default ''; ~wordpress_logged_in 1; }
  map $http_cookie $visitor { default 1; ~wordpress_logged_in ''; }
"""
# Pages of visitors, whom it knows by their lack of a cookie.
USUAL = "proxy_cache_bypass $member;"
# Pages of members, whatever WordPress says about them, for whoever is a member.
CARELESS = (
    "proxy_cache_bypass $visitor; proxy_no_cache $visitor;"
    " proxy_ignore_headers Cache-Control Expires Set-Cookie;"
)


@contextmanager
def _cache(site, rules):
    """Run a page cache in front of WordPress; give the members' site behind it."""
    port = site.wordpress.url.rpartition(":")[2]
    lines = _PROXY % {"port": port, "policy": _POLICY, "rules": rules}
    with make_public_folder() as folder, run_nginx(folder, lines, _MAPS % folder) as server:
        yield replace(site, wordpress=replace(site.wordpress, url=server.origin))


def _open_home(site, page):
    """Open the front page; return whether it is from the cache."""
    answer = page.goto(f"{site.wordpress.url}/")
    page.wait_for_load_state("load")
    return answer.headers["x-cache-status"] == "HIT"


def _events(site, user):
    rows = [row.split() for row in site.wordpress.user_meta(user, "klartekst_policy_log")]
    return {event for _, _, _, event, _ in rows}


def _acknowledge(site, page, user):
    banner = page.get_by_role("region", name="Version 2.0 of the privacy policy")
    banner.get_by_role("button", name="I have seen this").click()
    wait_until(
        lambda: "acknowledged" in _events(site, user),
        "the acknowledgement",
        lambda seconds: page.wait_for_timeout(seconds * 1000),
    )


def test_a_page_cache_keeps_pages_of_visitors_and_none_of_a_member(site, members):
    site.announce("2.0", channels=("alert",))
    with _cache(site, USUAL) as cached:
        page = cached.log_in("emma")
        assert [_open_home(cached, page) for _ in range(2)] == [False, False]
        visitor = site.open_browser()
        _open_home(cached, visitor)
        assert _open_home(cached, visitor)
        assert visitor.locator("policy-notice, .klartekst-policy-reports").count() == 0
        _acknowledge(cached, page, members["emma"])


@pytest.mark.long
def test_a_click_on_an_old_page_from_a_careless_cache_counts(site, members):
    site.announce("2.0", channels=("alert",))
    with _cache(site, CARELESS) as cached:
        page = cached.log_in("emma")
        assert not _open_home(cached, page)
        cached.log_in("emma", page)
        assert _open_home(cached, page)
        _acknowledge(cached, page, members["emma"])


@pytest.mark.long
def test_a_click_on_the_page_of_another_member_from_a_careless_cache_counts_for_nobody(site, members):
    site.announce("2.0", channels=("alert",))
    with _cache(site, CARELESS) as cached:
        first = cached.log_in("emma")
        _open_home(cached, first)
        first.get_by_role("region", name="Version 2.0 of the privacy policy").wait_for()
        other = cached.log_in("kari")
        assert _open_home(cached, other)
        with other.expect_response(
            lambda answer: "klartekst_policy_notice_report" in (answer.request.post_data or "")
        ):
            other.get_by_role("button", name="I have seen this").click()
        assert "acknowledged" not in _events(site, members["kari"]) | _events(site, members["emma"])
