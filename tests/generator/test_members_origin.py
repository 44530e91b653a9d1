"""Who may read what the site shares: the members' pages, which may have another origin than the policy."""

import re

import pytest

from generator.server_config import CONFIGURATION_FILES, read_origins
from tests.helpers.small_policy import build_small_site


@pytest.mark.cases_in_ci
@pytest.mark.parametrize(
    ("base_url", "website", "origin"),
    [
        ("https://prove.no/personvern/", "https://prove.no", "https://prove.no"),
        ("https://personvern.prove.no/", "https://www.prove.no/medlem", "https://www.prove.no"),
        ("https://personvern.prove.no/", "https://prove.no:8443/", "https://prove.no:8443"),
        ("https://personvern.prove.no/", "https://PROVE.no:443/medlem", "https://prove.no"),
    ],
)
def test_the_controllers_website_may_read_the_announcements(tmp_path, base_url, website, origin):
    site = build_small_site(tmp_path, base_url, website)
    for name in CONFIGURATION_FILES:
        lines = (site / name).read_text().splitlines()
        allowed = [line for line in lines if "Access-Control-Allow-Origin" in line]
        assert allowed
        assert all(re.search(f'[ "]{re.escape(origin)}(" always;|"|)$', line) for line in allowed)
    assert read_origins((site / "_headers").read_text()) == (origin,)


def test_the_allowed_origins_may_too_each_named_once(tmp_path):
    allowed = [
        "https://medlem.prove.no",
        "https://PROVE.no",
        "http://prove.no:80",
        "https://medlem.prove.no:443",
    ]
    site = build_small_site(tmp_path, "https://personvern.prove.no/", "https://prove.no/om-oss", allowed)
    files = {name: (site / name).read_text() for name in CONFIGURATION_FILES}
    expected = ("https://prove.no", "https://medlem.prove.no", "http://prove.no")
    assert read_origins(files["_headers"]) == expected
    for name in (".htaccess", "nginx.conf"):
        assert tuple(dict.fromkeys(re.findall(r"""['"](https?://[^'"]+)['"]""", files[name]))) == expected
    assert set(re.findall(r"Allow-Origin: (.*)", files["_headers"])) == {"*"}
