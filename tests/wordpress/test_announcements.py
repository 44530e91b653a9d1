"""What the plugin accepts from the policy's server: valid JSON of limited size, from that server only."""

import json

import pytest

from tests.helpers.malformed_announcements import (
    list_malformed_documents,
    list_valid_documents,
    make_document,
)
from tests.helpers.quoted_code import read_quoted_code
from tests.helpers.small_policy import announcements_json, make_announcement
from tests.helpers.static_server import serve_static
from tests.wordpress.conftest import ANNOUNCEMENTS, ROOT

pytestmark = pytest.mark.xdist_group("wordpress")

NAMESPACE = "\\Klartekst\\PolicyNotice"
STORED = "get_option( 'klartekst_policy_notice_announcements' )['document']"
SAFE = "remove_all_filters( 'klartekst_policy_notice_allow_unsafe_url' );"
JSON = {"Content-Type": "application/json"}


def _parse_each(site, documents: dict[str, str]) -> dict[str, object]:
    """Have the plugin request each document; return what it accepts."""
    for number, text in enumerate(documents.values()):
        site.policy.serve_text(f"{ROOT}api/{number}.json", text)
    found = json.loads(
        site.wordpress.run_php(
            f"$found = array(); $address = '{site.base_url}';"
            f"for ( $number = 0; $number < {len(documents)}; $number++ ) {{"
            f'  $text = {NAMESPACE}\\request_json( $address . "api/$number.json" );'
            f"  $found[] = null === $text ? null : {NAMESPACE}\\parse_announcements( $address, $text );"
            "} echo wp_json_encode( $found );"
        )
    )
    return {name: document for name, document in zip(documents, found, strict=True) if document is not None}


def test_nothing_of_a_malformed_document_is_accepted(site):
    assert _parse_each(site, list_malformed_documents(site.base_url)) == {}


def test_an_unusual_valid_document_is_accepted_without_unknown_fields(site):
    documents = list_valid_documents(site.base_url)
    expected = {name: json.loads(text) for name, text in documents.items()}
    del expected["a field that nobody knows"]["later"]
    del expected["a day of the build that is none"]["built"]
    assert _parse_each(site, documents) == expected


def test_the_announcements_that_the_build_publishes_are_accepted(site, sample_out):
    folder = sample_out / "site" / "api"
    base_url = json.loads((folder / "versions.json").read_bytes())["base_url"]
    text = (folder / "announcements.json").read_text().replace(base_url, site.base_url)
    kept = json.loads(text)
    assert kept["announcements"]
    for row in kept["announcements"]:
        del row["affects"]  # the lines of the notice say it in words
    assert _parse_each(site, {"built": text}) == {"built": kept}


@pytest.mark.cases_in_ci
@pytest.mark.parametrize(
    ("text", "status", "headers"),
    [
        ("down", 500, JSON),
        ("{", 200, JSON),
        ('{"schema":2,"languages":[],"announcements":7}', 200, JSON),
        (None, 404, JSON),
        (None, 200, {"Content-Type": "text/html"}),
        (None, 200, {"Content-Type": "application/jsonp"}),
        (None, 206, JSON),
        ("<p>Welcome to the network of this hotel</p>", 200, {"Content-Type": "text/html"}),
    ],
)
def test_after_a_bad_answer_the_last_good_one_stays(site, text, status, headers):
    site.announce("2.0")
    before = site.wordpress.evaluate_php(STORED)
    other = announcements_json(site.base_url, make_announcement(site.base_url, "3.0"))
    site.publish(other if text is None else text, headers, status)
    assert site.wordpress.evaluate_php(STORED) == before
    page = site.log_in("emma")
    page.get_by_role("dialog").wait_for()
    assert page.locator("policy-notice h2").all_inner_texts() == ["Version 2.0 of the privacy policy"]


@pytest.mark.long
def test_before_the_first_good_answer_nothing_is_shown(site):
    site.wordpress.run_php("delete_option( 'klartekst_policy_notice_announcements' );")
    site.publish('{"schema":2,"languages":[],"announcements":[{}]}')
    page = site.log_in("emma")
    assert page.locator("policy-notice, script[src*='notice.js']").count() == 0


def _follow(site, location: str) -> object:
    """Return what the plugin stores if its request is redirected."""
    text = json.dumps(make_document(site.base_url))
    site.policy.serve_text(f"{ROOT}elsewhere.json", text)
    site.wordpress.run_php("delete_option( 'klartekst_policy_notice_announcements' );")
    site.publish("", {**JSON, "Location": location}, 302)
    return site.wordpress.evaluate_php("get_option( 'klartekst_policy_notice_announcements' )")


@pytest.mark.long
def test_a_redirection_is_followed_on_the_same_server_only(site):
    with serve_static() as other:
        other.serve_text("/a.json", json.dumps(make_document(site.base_url)))
        assert _follow(site, f"{site.base_url}elsewhere.json")
        assert _follow(site, f"{ROOT}elsewhere.json")
        for location in (
            f"{other.origin}/a.json",
            f"//{other.origin.partition('//')[2]}/a.json",
            site.base_url.replace("http://", "https://") + "elsewhere.json",
            site.base_url.replace("http://", "http://kari@") + "elsewhere.json",
            site.base_url.replace("localhost", "127.0.0.1") + "elsewhere.json",
            "file:///etc/passwd",
            "",
            ANNOUNCEMENTS,
        ):
            assert _follow(site, location) is False, location
        assert other.requests == []


def test_without_the_filter_no_request_leaves_for_an_internal_address(site):
    del site.policy.requests[:]
    port = site.policy.origin.rpartition(":")[2]
    for address in (site.base_url, f"http://127.0.0.1:{port}{ROOT}", f"https://[::1]:{port}{ROOT}"):
        requested = f"{NAMESPACE}\\request_json( '{address}api/announcements.json' )"
        assert site.wordpress.run_php(f"{SAFE} echo wp_json_encode( {requested} );") == "null"
    assert site.policy.requests == []


def test_a_request_is_limited_in_time_and_size_and_follows_nothing_by_itself(site):
    keep = (
        "function ( $answer, $arguments ) { $GLOBALS['kept'] = $arguments; return new WP_Error( 'kept' ); }"
    )
    asked = f"{NAMESPACE}\\request_json( '{site.base_url}' )"
    code = f"{SAFE} add_filter( 'pre_http_request', {keep}, 10, 2 ); {asked};"
    kept = json.loads(site.wordpress.run_php(f"{code} echo wp_json_encode( $GLOBALS['kept'] );"))
    assert (kept["timeout"], kept["limit_response_size"], kept["redirection"]) == (5, 262_145, 0)
    assert (kept["reject_unsafe_urls"], kept["cookies"]) == (True, [])


@pytest.mark.cases_in_ci
@pytest.mark.parametrize(
    ("address", "stored"),
    [
        ("http://dinbedrift.no/personvern/", ""),
        ("https://dinbedrift.no/personvern/", "https://dinbedrift.no/personvern/"),
        ("https://dinbedrift.no/personvern", ""),
        ("javascript:alert(1)", ""),
        ('https://dinbedrift.no/"><script>/', ""),
    ],
)
def test_without_the_filter_an_address_counts_only_with_https_however_it_was_stored(site, address, stored):
    code = f"{SAFE} update_option( 'klartekst_policy_notice_site', '{address}' );"
    found = site.wordpress.run_php(f"{code} echo wp_json_encode( {NAMESPACE}\\get_site_address() );")
    assert json.loads(found) == stored


def test_the_quoted_filter_allows_the_intranet_and_nothing_else(site):
    code = read_quoted_code("website.md", "intranet.php").removeprefix("<?php\n")
    for address, allowed in {
        "http://intranet.example/personvern/": "http://intranet.example/personvern/",
        "http://intranet.example/": "",
        "http://other.example/personvern/": "",
    }.items():
        found = site.wordpress.run_php(f"{SAFE}{code}echo {NAMESPACE}\\normalize_address( '{address}' );")
        assert found == allowed
