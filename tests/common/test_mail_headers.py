"""Titles and names of strangers in mail headers: one header each, and the address that was meant."""

from __future__ import annotations

from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from common.mail_headers import set_mailbox, set_subject
from tests.helpers.factories import property_settings

_PARTS = [
    "=?utf-8?q?a=0d=0aBcc:_x@x.no?=",
    "=?",
    "?=",
    '"',
    ",",
    "<x@x.no>",
    "(",
    ";",
    ":",
    "\\",
    " ",
    "a" * 80,
    "æ",
    ".",
]
lines = st.lists(
    st.sampled_from(_PARTS) | st.text(st.characters(exclude_categories=["C", "Z"]), max_size=6), max_size=6
).map(lambda parts: "".join(parts).strip())


def read(name: str, subject: str) -> tuple[str, str, str]:
    """Return name, address and subject as another part of the library reads them."""
    message = EmailMessage(policy=SMTP)
    set_mailbox(message, "From", name, "post@example.no")
    set_subject(message, subject)
    octets = message.as_bytes()
    assert all(len(line) <= 998 and line.isascii() for line in octets.split(b"\r\n"))
    parsed = message_from_bytes(octets)
    assert parsed.keys() == ["From", "Subject"]
    shown, address = parseaddr(" ".join(parsed["From"].split()))
    return (
        str(make_header(decode_header(shown))),
        address,
        str(make_header(decode_header(" ".join(parsed["Subject"].split())))),
    )


@given(lines, lines)
@example("=?utf-8?q?x=0d=0aBcc:_evil@x.no?=", "=?utf-8?q?x=0d=0aBcc:_evil@x.no?=")
@example("Ola, Kari <x@x.no> og alle de andre som er med i [laget]: " * 2, "a")
@property_settings
def test_a_name_is_never_an_address_and_a_title_never_a_header(name, subject):
    shown, address, title = read(name, subject)
    assert address == "post@example.no"
    assert shown.split() == name.split()
    assert title.split() == subject.split()


@pytest.mark.parametrize("name", ["SMB Norge", "Prøve AS", "A.S. Norge, avd. Oslo"])
def test_an_ordinary_name_stays_readable_in_the_source_of_the_message(name):
    message = EmailMessage(policy=SMTP)
    set_mailbox(message, "From", name, "post@example.no")
    assert b"=?utf-8?b?" not in message.as_bytes()
