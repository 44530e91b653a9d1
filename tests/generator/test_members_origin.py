"""Who may read what the site shares: the members' pages, which may have another origin than the policy."""

import re

import pytest

from tests.helpers.small_policy import build_small_site


@pytest.mark.parametrize(
    ("base_url", "website", "origin"),
    [
        ("https://prove.no/personvern/", "https://prove.no", "https://prove.no"),
        ("https://personvern.prove.no/", "https://www.prove.no/medlem", "https://www.prove.no"),
        ("https://personvern.prove.no/", "https://prove.no:8443/", "https://prove.no:8443"),
    ],
)
def test_the_controllers_website_may_read_the_announcements(tmp_path, base_url, website, origin):
    site = build_small_site(tmp_path, base_url, website)
    for name in ("_headers", ".htaccess", "nginx.conf"):
        lines = (site / name).read_text().splitlines()
        allowed = [line for line in lines if "Access-Control-Allow-Origin" in line]
        assert allowed
        assert all(re.search(f'[ "]{re.escape(origin)}(" always;|"|)$', line) for line in allowed)
