"""Which messages are reports that a letter was not delivered, and of which letter."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from notifier.delivery_reports import FailureReport, parse_delivery_report
from notifier.mime_parts import list_parts, parse_fields, parse_message
from tests.notifier.reports_of_servers import (
    ADDRESS,
    FAILURES,
    MESSAGE_ID,
    OTHERS,
    TWELVE_KINDS,
    make_report,
    parse_report,
)

STATUSES = {
    "courier": "5.0.0",
    "exchange-5.5": "",
    "exchange-no-original": "5.2.2",
    "exchange-online": "5.1.10",
    "exim-expired": "5.0.0",
    "exim-text": "",
    "icloud": "5.2.2",
    "opensmtpd": "5.0.0",
    "postfix-expired": "4.7.1",
    "qmail-expired": "4.4.3",
    "sendmail-expired": "4.4.7",
    "yahoo": "5.2.2",
}
RFC3464 = b"""\
From: MAILER-DAEMON@mx.example.no
Content-Type: multipart/report; report-type=delivery-status; boundary=B

--B
Content-Type: text/plain

Sorry.
--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.no

Final-Recipient: rfc822; a@example.no
ACTION
Status: 5.1.1

--B
Content-Type: message/rfc822

Message-ID: <letter@example.no>

Text
--B--
"""
TEXT = b"""\
From: MAILER-DAEMON@mx.example.no
Subject: failure notice

WORDS

Message-ID: <letter@example.no>
To: <a@example.no>

Text
"""


def with_action(action: bytes) -> bytes:
    return RFC3464.replace(b"ACTION", action)


def test_there_are_a_dozen_kinds_and_more():
    assert len(set(TWELVE_KINDS) & set(FAILURES)) == 12
    assert len(OTHERS) >= 15


@pytest.mark.parametrize("kind", FAILURES)
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_a_failure_of_every_kind_of_server_names_the_letter_and_the_addressee(kind, line_end):
    report = parse_delivery_report(make_report(kind).replace(b"\n", line_end))
    assert report is not None
    assert report.message_id == MESSAGE_ID
    assert ADDRESS in report.addresses
    assert report.status == STATUSES.get(kind, "5.1.1")


@pytest.mark.parametrize("kind", OTHERS)
def test_nothing_else_is_a_failure_of_the_letter(kind):
    report = parse_report(kind)
    assert report is None or report.message_id != MESSAGE_ID


def test_a_report_about_an_answer_to_the_letter_is_about_the_answer():
    assert parse_report("answer-that-was-returned").message_id == "<svar-1@example.no>"


@pytest.mark.parametrize("action", [b"Action: failed", b"action:FAILED (bad)", b"Action: expired", b"X-Y: z"])
def test_a_failure_is_recognized_by_its_action_or_else_by_a_permanent_status(action):
    expected = FailureReport("<letter@example.no>", "5.1.1", ("a@example.no",))
    assert parse_delivery_report(with_action(action)) == expected


@pytest.mark.parametrize(
    "action",
    [b"Action: delayed", b"Action: delivered", b"Action: relayed", b"Action: expanded", b"Action: x"],
)
def test_any_other_action_is_none(action):
    assert parse_delivery_report(with_action(action)) is None


def test_a_recipient_without_an_action_and_with_a_transient_status_has_not_failed():
    assert parse_delivery_report(with_action(b"X-Y: z").replace(b"5.1.1", b"4.1.1")) is None


def test_one_recipient_that_failed_is_enough():
    groups = b"Action: delivered\nStatus: 2.0.0\n\nFinal-Recipient: rfc822; b@example.no\nAction: failed"
    assert parse_delivery_report(with_action(groups)).addresses == ("b@example.no",)


def test_the_returned_message_counts_and_not_what_the_report_replies_to():
    report = b"In-Reply-To: <other@example.no>\nReferences: <other@example.no>\n" + with_action(
        b"Action: failed"
    )
    assert parse_delivery_report(report).message_id == "<letter@example.no>"


@pytest.mark.parametrize(
    ("header", "message_id"),
    [
        (b"In-Reply-To: <reply@example.no>\nReferences: <ref@example.no>", "<reply@example.no>"),
        (b"References: <older@example.no> <Ref@Example.NO>", "<ref@example.no>"),
        (b"X-Other: y", None),
    ],
)
def test_without_a_returned_message_it_is_what_the_report_replies_to(header, message_id):
    report = header + b"\n" + with_action(b"Action: failed").replace(b"Message-ID:", b"X-No:")
    found = parse_delivery_report(report)
    assert (found and found.message_id) == message_id


def test_a_field_of_the_report_may_name_the_message():
    report = with_action(b"Action: failed").replace(b"Message-ID:", b"X-No:")
    report = report.replace(b"Reporting-MTA", b"X-Original-Message-ID: <field@example.no>\nReporting-MTA")
    assert parse_delivery_report(b"In-Reply-To: <r@example.no>\n" + report).message_id == "<field@example.no>"


def test_the_status_of_the_quoted_reply_is_better_than_an_unspecific_one():
    report = with_action(b"Action: failed\nDiagnostic-Code: smtp; 550 5.2.1 [10.5.1.7] off").replace(
        b"Status: 5.1.1", b"Status: 5.0.0"
    )
    assert parse_delivery_report(report).status == "5.2.1"


def test_an_address_may_be_spelled_as_in_smtp():
    report = with_action(b"Original-Recipient: rfc822;ola+2Bpost@example.no\nAction: failed")
    assert "ola+post@example.no" in parse_delivery_report(report).addresses


@pytest.mark.parametrize(
    ("words", "has_failed"),
    [
        (b"Your message could not be delivered.", True),
        (b"host said: 550 No such mailbox", True),
        (b"Your message could not be delivered. It will be retried.", False),
        (b"Your message is waiting for a moderator.", False),
    ],
)
def test_a_text_is_a_failure_if_it_says_so_before_the_headers(words, has_failed):
    report = TEXT.replace(b"WORDS", words).replace(b"failure notice", b"Your mail")
    assert (parse_delivery_report(report) is not None) == has_failed


@pytest.mark.parametrize(
    "change",
    [
        (b"MAILER-DAEMON@", b"ola@"),
        (b"Message-ID:", b"X-Other:"),
        (b"Subject:", b"Content-Type: text/html\nX-Subject:"),
        (b"Subject:", b"Content-Type: image/png\nSubject:"),
        (b"failure notice", b"Hello"),
    ],
)
def test_a_text_needs_a_mail_system_words_of_failure_and_headers(change):
    report = TEXT.replace(b"WORDS", b"Hello.")
    assert parse_delivery_report(report) is not None
    assert parse_delivery_report(report.replace(*change)) is None or change[1].startswith(
        b"Content-Type: text"
    )


def test_the_headers_may_be_at_the_very_beginning_or_end():
    assert parse_delivery_report(TEXT.replace(b"WORDS\n\n", b"")).message_id == "<letter@example.no>"
    cut = TEXT.partition(b"To: <a")[0]
    assert parse_delivery_report(cut).message_id == "<letter@example.no>"


@pytest.mark.parametrize("kind", FAILURES)
@settings(max_examples=15)
@given(data=st.data())
def test_a_report_that_was_cut_or_damaged_names_no_other_message(kind, data):
    report = make_report(kind)
    found = parse_delivery_report(report[: data.draw(st.integers(0, len(report)))])
    assert found is None or found.message_id == MESSAGE_ID
    position, noise = data.draw(st.integers(0, len(report))), data.draw(st.binary(max_size=4))
    parse_delivery_report(report[:position] + noise + report[position + len(noise) :])


@settings(max_examples=300)
@given(st.binary(max_size=600))
@example(b"")
@example(b"\n")
@example(b"From \n")
@example(b"Content-Type: multipart/mixed; boundary=\n\n--\n\n--\n")
@example(b"From: postmaster\nContent-Transfer-Encoding: base64\n\nA")
def test_any_bytes_are_read(octets):
    assert parse_delivery_report(octets) is None


_FRAGMENTS = [
    b"Content-Type: multipart/report; boundary=x\n",
    b'Content-Type: multipart/mixed; boundary="y"\n',
    b"Content-Type: message/delivery-status\n",
    b"Content-Type: message/rfc822\n",
    b"Content-Type: message/feedback-report\n",
    b"Content-Transfer-Encoding: base64\n",
    b"From: MAILER-DAEMON\n",
    b"Action: failed\n",
    b"Message-ID: <a@b.no>\n",
    b"In-Reply-To: <c@d.no>\n",
    b"--x\n",
    b"--x--\n",
    b"--y\n",
    b"--y--\n",
    b"\n",
    b"could not be delivered\n",
    b"Status: 5.1.1\n",
    b" folded\n",
]


@settings(max_examples=300)
@given(st.lists(st.sampled_from(_FRAGMENTS), max_size=30).map(b"".join))
def test_only_message_ids_in_the_report_are_named(octets):
    report = parse_delivery_report(octets)
    assert report is None or report.message_id in {"<a@b.no>", "<c@d.no>"}


def test_multiparts_in_multiparts_end():
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(500))
    assert len(list(list_parts(parse_message(deep)))) == 1
    many = b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nText\n" * 5000
    assert len(list(list_parts(parse_message(many)))) == 100


def test_a_boundary_that_was_lost_is_found_by_its_look():
    report = with_action(b"Action: failed").replace(b"boundary=B", b"boundary=C")
    assert parse_delivery_report(report).message_id == "<letter@example.no>"


def test_a_report_without_any_boundary_is_read_as_text():
    report = with_action(b"Action: failed").replace(b"--B", b"")
    assert parse_delivery_report(report).message_id == "<letter@example.no>"
    assert parse_delivery_report(report.replace(b"Action: failed", b"Action: delayed")) is None


def test_the_returned_headers_may_have_lost_their_boundary():
    report = with_action(b"Action: failed").replace(b"--B\nContent-Type: message/rfc822", b"--C\nX-Y: z")
    assert parse_delivery_report(report).message_id == "<letter@example.no>"


def test_fields_are_unfolded_and_other_lines_left_out():
    fields = parse_fields(b" lost\nTo: a\n\tb\nnonsense\n c\nTo: d\nNo name : e\nX :f")
    assert fields == {"to": ("a b", "d"), "x": ("f",)}
