"""The tests of MDN's HTTP Observatory that a folder decides, computed from what each server sends.

Written from https://developer.mozilla.org/en-US/observatory/docs/tests_and_scoring. Not here is what
belongs to the whole host: the redirection to https and Strict-Transport-Security.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.helpers.web_servers import Answer

pytestmark = pytest.mark.xdist_group("servers")

BROAD = {"*", "http:", "https:", "ftp:", "data:", "'unsafe-inline'", "'unsafe-eval'"}
PRIVATE = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
# The most that each test can give. A script of the same origin could have a hash in the page for five more:
# browsers then refuse it on pages that are opened as files.
FULL_MARKS = {
    "content-security-policy": 10,
    "cookies": 0,
    "cross-origin-resource-sharing": 0,
    "referrer-policy": 5,
    "subresource-integrity": 0,
    "x-content-type-options": 0,
    "x-frame-options": 5,
    "cross-origin-resource-policy": 10,
}


def parse_policy(text: str) -> dict[str, set[str]]:
    """Return a policy by directive; a directive that is there twice is a mistake."""
    directives = [entry.split() for entry in text.split(";") if entry.strip()]
    names = [name.lower() for name, *_ in directives]
    assert len(names) == len(set(names)), text
    return {name.lower(): {value.lower() for value in values} for name, *values in directives}


def score_policy(policies: list[dict[str, set[str]]]) -> int:
    """Return the points for policies that apply together: each must forbid by default, none may be broad."""
    if not policies:
        return -25
    for policy in policies:
        if policy.get("default-src") != {"'none'"}:
            return 5
        if any(sources & BROAD for sources in policy.values()):
            return -20
    return 10 if all(policy.get("form-action") == {"'none'"} for policy in policies) else 5


def score_scripts(page: str) -> int:
    """Return the points for the scripts of a page: none may come from another host."""
    sources = re.findall(r'<script[^>]* src="([^"]*)"', page)
    assert sources
    return -50 if any(re.match(r"//|[a-z]+:", source) for source in sources) else 0


def score(answer: Answer) -> dict[str, int]:
    """Return the points of an answer by test."""
    page = answer.body.decode()
    policy = parse_policy(answer.get_header("Content-Security-Policy"))
    in_page = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    origin = answer.get_header("Access-Control-Allow-Origin")
    credentials = answer.get_header("Access-Control-Allow-Credentials")
    return {
        "content-security-policy": score_policy(
            [policy, *(parse_policy(unescape(text)) for text in in_page)]
        ),
        "cookies": -20 if "set-cookie" in answer.headers else 0,
        "cross-origin-resource-sharing": -50 if origin and credentials else 0,
        "referrer-policy": 5 if answer.get_header("Referrer-Policy") in PRIVATE else -5,
        "subresource-integrity": score_scripts(page),
        "x-content-type-options": 0 if answer.get_header("X-Content-Type-Options") == "nosniff" else -5,
        "x-frame-options": 5 if policy.get("frame-ancestors") == {"'none'"} else -20,
        "cross-origin-resource-policy": 10
        if answer.get_header("Cross-Origin-Resource-Policy") in {"same-origin", "same-site"}
        else 0,
    }


@pytest.mark.parametrize("path", ["", "en/changelog/", "versjon/1.0/", "nowhere"])
def test_a_page_has_full_marks(served, path):
    answer = served.get(path, {"Origin": "https://observatory.example"})
    assert score(answer) == FULL_MARKS


def test_what_members_pages_read_is_shared_with_one_origin_and_without_credentials(served):
    answer = served.get("api/announcements.json", {"Origin": "https://observatory.example"})
    assert answer.get_header("Access-Control-Allow-Origin") == "https://dinbedrift.no"
    assert "access-control-allow-credentials" not in answer.headers
