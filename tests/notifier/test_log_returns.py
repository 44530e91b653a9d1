"""Which letters the log of a Postfix relay shows as returned."""

import gzip

import pytest

from notifier.bounces import record_bounces
from notifier.delivery_reports import FailureReport
from notifier.keys import LedgerKey, build_message_id
from notifier.log_returns import read_returned_letters
from tests.notifier.factories import create_campaign
from tests.notifier.test_bounces import read_addresses, read_message_ids

LETTER = "<0123456789abcdef0123456789abcdef01234567@dinbedrift.example>"
DOMAINS = frozenset({"dinbedrift.example"})
QUEUED = f"cleanup[2]: 4F1A: message-id={LETTER}"
BOUNCED = (
    "smtp[3]: 4F1A: to=<kari@example.no>, relay=mx.example.no[192.0.2.1]:25, delay=0.22, "
    "delays=0.05/0.03/0.05/0.09, dsn=5.1.1, status=bounced (host mx.example.no said: 550 5.1.1 no such user)"
)
DEFERRED = BOUNCED.replace("5.1.1, status=bounced", "4.7.1, status=deferred")
EXPIRED = "qmgr[4]: 4F1A: from=<retur@dinbedrift.example>, status=expired, returned to sender"
REMOVED = "qmgr[4]: 4F1A: removed"


def read(tmp_path, *lines: str, prefix: str = "Nov 23 07:00:00 relay postfix/") -> list[FailureReport]:
    log = tmp_path / "mail.log"
    log.write_text("".join(f"{line if ' postfix' in line else prefix + line}\n" for line in lines))
    return list(read_returned_letters([log], DOMAINS))


def returned(*addresses: str, status: str = "5.1.1") -> FailureReport:
    return FailureReport(LETTER, status, addresses, needs_address=True)


@pytest.mark.parametrize("prefix", ["Nov 23 07:00:00 relay postfix/", "2026-11-23T07:00:00.123+01:00 r out/"])
def test_a_bounce_is_found_with_its_recipient_and_status(tmp_path, prefix):
    assert read(tmp_path, QUEUED, BOUNCED, REMOVED, prefix=prefix) == [returned("kari@example.no")]


def test_the_address_before_an_alias_is_named_first(tmp_path):
    line = BOUNCED.replace("to=<kari@example.no>,", "to=<k@b.no>, orig_to=<kari@example.no>,")
    assert read(tmp_path, QUEUED, line) == [returned("kari@example.no", "k@b.no")]


@pytest.mark.parametrize("word", ["expired", "force-expired"])
def test_what_expired_is_returned_for_those_who_were_postponed_last(tmp_path, word):
    line = EXPIRED.replace("expired", word)
    later = returned("kari@example.no", status="4.7.1")
    assert read(tmp_path, QUEUED, DEFERRED, DEFERRED, line) == [later]
    sent = BOUNCED.replace("5.1.1, status=bounced", "2.0.0, status=sent")
    assert read(tmp_path, QUEUED, DEFERRED, sent, line) == []
    assert read(tmp_path, QUEUED, line) == []


@pytest.mark.parametrize(
    "lines",
    [
        (QUEUED, DEFERRED),
        (QUEUED, BOUNCED.replace("5.1.1, status=bounced", "2.0.0, status=sent")),
        (QUEUED, BOUNCED.replace("status=bounced", "status=SOFTBOUNCE")),
        (QUEUED, BOUNCED.replace("status=bounced", "status=undeliverable")),
        # The reply of the other server may say anything.
        (QUEUED, DEFERRED.replace("no such user)", "x, dsn=5.1.1, status=bounced (y))")),
        (QUEUED, "smtp[3]: 4F1A: host mx[192.0.2.1] said: 450 to=<a@b.no>, dsn=5.1.1, status=bounced (x)"),
        (QUEUED.replace("dinbedrift", "other"), BOUNCED),
        (QUEUED.replace("message-id=", "resent-message-id="), BOUNCED),
        (QUEUED, BOUNCED.replace("4F1A", "4F1B")),
        (QUEUED, REMOVED, BOUNCED),
        (QUEUED, QUEUED.replace(LETTER, "<x@other.example>"), BOUNCED),
        (BOUNCED, EXPIRED, QUEUED),
        (EXPIRED,),
        (QUEUED, "qmgr[4]: 4F1A: from=<a@b.no>, size=1, nrcpt=1 (queue active)"),
        (QUEUED, f"Nov 23 07:00:00 other postfix/{BOUNCED}"),
        (QUEUED, f"Nov 23 07:00:00 relay postfix-in/{BOUNCED}"),
        ("cleanup[2]: warning: x",),
        ("smtp[3]: connect to mx.example.no",),
        ("no line of a log",),
    ],
)
def test_nothing_else_is_a_returned_letter(tmp_path, lines):
    assert read(tmp_path, *lines) == []


def test_the_process_may_have_a_service_in_its_name(tmp_path):
    line = f"Nov 23 07:00:00 relay postfix/relay/{BOUNCED}"
    assert read(tmp_path, QUEUED, line) == [returned("kari@example.no")]


def test_several_logs_are_one_and_may_be_compressed(tmp_path):
    start = "Nov 23 07:00:00 relay postfix/"
    old, new = tmp_path / "mail.log.1.gz", tmp_path / "mail.log"
    old.write_bytes(gzip.compress(f"{start}{QUEUED}\n{start}{DEFERRED}\n".encode()))
    new.write_text(f"{start}{EXPIRED}\n")
    assert len(list(read_returned_letters([old, new], DOMAINS))) == 1


def test_a_log_returns_the_letters_of_addressees_and_not_those_of_an_archive(tmp_path, server):
    """A relay that sends a copy of everything to an archive bounces there under the same Message-ID."""
    campaign = create_campaign(tmp_path, 3)
    assert campaign.send(server.url, 3).code == 0
    message_ids = read_message_ids(server)
    lines = []
    for number, recipient in enumerate(["MEMBER0@example.no", "archive@dinbedrift.example"]):
        message_id = message_ids[f"member{number}@example.no"]
        queued, bounced = QUEUED.replace(LETTER, message_id), BOUNCED.replace("kari@example.no", recipient)
        for line in (queued, bounced):
            lines += [f"Nov 23 07:00:00 relay postfix/{line}".replace("4F1A", f"4F1{number}")]
    (tmp_path / "mail.log").write_text("\n".join(lines))
    options = ("--maillog", tmp_path / "mail.log", "--write", tmp_path / "o.csv")
    for before in (0, 1):
        ended = campaign.run("bounces", *options)
        assert ended.code == 0
        assert ended.out.startswith(f"{1 - before} returned, {before} known before, 1 about other messages\n")
        assert campaign.counts == {"returned": 1, "sent": 2}
        assert read_addresses(tmp_path / "o.csv") == [
            {"email": "MEMBER0@example.no", "version": "2.0", "status": "5.1.1"}
        ]


def test_an_address_that_could_hold_two_is_nobodys(ledger_db):
    ledger_db.alter(1, state="sent")
    message_id = build_message_id(ledger_db.row(1).key, "dinbedrift.example")
    reports = [FailureReport(message_id, "5.1.1", ("a@b@c", "x", ""), needs_address=True)]
    assert record_bounces(ledger_db.database, LedgerKey(b"k"), reports).unmatched == 1
