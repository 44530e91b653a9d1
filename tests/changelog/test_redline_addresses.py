"""Addresses in redlines: short enough to read, and what differs in sight."""

import pytest

from changelog.redline_addresses import enclose_address, shorten_addresses

LONG = "https://help.example.no/en/accounts/how-to-close-an-account-that-you-share-with-others"


@pytest.mark.parametrize(
    ("new", "old", "shown"),
    [
        ("https://a.no/b", "https://a.no/c", ("https://a.no/b", "https://a.no/c")),
        ("https://a.no/b", "http://a.no/b", ("https://a.no/b", "http://a.no/b")),
        ("#storage", "#deletion", ("#storage", "#deletion")),
        (LONG, LONG.replace("https", "http"), ("help.example.no/en/accounts/how-to-clos…", "http://help.example.no/en/accounts/how-…")),
        (LONG, "", ("help.example.no/en/accounts/how-to-clos…", "")),
        (LONG, "https://a.no/", ("help.example.no/en/accounts/how-to-clos…", "a.no/")),
        (f"{LONG}#two", f"{LONG}#one", ("help.example.no/…#two", "help.example.no/…#one")),
        (LONG, f"{LONG}/now", ("help.example.no/…", "help.example.no/…/now")),
    ],
)  # fmt: skip
def test_what_differs_between_two_addresses_stays_in_sight(new, old, shown):
    assert shorten_addresses(new, old) == shown


@pytest.mark.parametrize(
    ("address", "enclosed"),
    [("https://a.no/b", "<https://a.no/b>"), ("mailto:us@a.no", "<mailto:us@a.no>"),
     ("/terms", "(/terms)"), ("#storage", "(#storage)"), ("../a:b", "(../a:b)")],
)  # fmt: skip
def test_no_address_looks_like_an_element(address, enclosed):
    assert enclose_address(address) == enclosed
