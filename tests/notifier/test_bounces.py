"""Letters that were returned: what the ledger, status, proof and the list of addresses say of them."""

import csv
import json
import re
from email import message_from_bytes
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifier.bounces import record_bounces
from notifier.delivery_reports import FailureReport
from notifier.keys import LedgerKey, build_message_id
from notifier.ledger_tables import DeliveryState
from tests.notifier.factories import create_campaign, write_letter
from tests.notifier.reports_of_servers import ADDRESS, FAILURES, OTHERS, TWELVE_KINDS, deliver, make_report

MEMBERS = 12


def read_message_ids(server) -> dict[str, str]:
    """Return the Message-ID of every letter that the server took, by recipient."""
    return {recipient: message_from_bytes(octets)["Message-ID"] for recipient, octets in server.accepted}


@pytest.fixture
def sent(tmp_path, server, ledger):
    """A campaign whose letters are all sent, and the Message-ID of each."""
    campaign = create_campaign(tmp_path, MEMBERS, **ledger)
    assert campaign.send(server.url, MEMBERS).code == 0
    return campaign, read_message_ids(server)


@pytest.fixture
def sqlite_sent(tmp_path, server):
    campaign = create_campaign(tmp_path, MEMBERS)
    assert campaign.send(server.url, MEMBERS).code == 0
    return campaign, read_message_ids(server)


def read_addresses(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_reports_of_a_dozen_servers_are_recorded_once(tmp_path, sent):
    campaign, message_ids = sent
    maildir, output = tmp_path / "Maildir", tmp_path / "returned.csv"
    for number, kind in enumerate(TWELVE_KINDS[:10]):
        address = f"member{number}@example.no"
        deliver(maildir, kind, make_report(kind, message_ids[address], address))
    for number, kind in enumerate(OTHERS):
        address = f"member{10 + number % 2}@example.no"
        deliver(maildir, kind, make_report(kind, message_ids[address], address))
    before = {path: path.read_bytes() for path in maildir.rglob("*") if path.is_file()}
    ended = campaign.run("bounces", "--maildir", maildir, "--write", output)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("10 returned, 0 known before, ")
    assert campaign.counts == {"returned": 10, "sent": 2}
    assert output.stat().st_mode & 0o777 == 0o600
    rows = read_addresses(output)
    assert [row["email"] for row in rows] == sorted(f"member{n}@example.no" for n in range(10))
    assert {row["version"] for row in rows} == {"2.0"}
    again = campaign.run("bounces", "--maildir", maildir, "--write", output)
    assert (again.code, read_addresses(output)) == (0, rows)
    assert again.out.startswith("0 returned, 10 known before, ")
    assert campaign.counts == {"returned": 10, "sent": 2}
    assert {path: path.read_bytes() for path in maildir.rglob("*") if path.is_file()} == before


def test_the_proof_says_how_many_were_returned_and_when_all_were_sent(tmp_path, sqlite_sent):
    campaign, message_ids = sqlite_sent
    where = ("--letter", campaign.letter, "--out", tmp_path / "proof")
    assert campaign.run("proof", *where).code == 0
    before = json.loads((tmp_path / "proof" / "proof.json").read_text())
    for number in range(MEMBERS):
        address = f"member{number}@example.no"
        deliver(tmp_path / "in", address, make_report("postfix", message_ids[address], address))
    assert campaign.run("bounces", "--maildir", tmp_path / "in").code == 0
    assert campaign.run("proof", *where).code == 0
    after = json.loads((tmp_path / "proof" / "proof.json").read_text())
    assert (after["counts"]["sent"], after["counts"]["returned"]) == (0, MEMBERS)
    assert after["by_language"] == {"nb": {"returned": MEMBERS}}
    assert all(before[key] and before[key] == after[key] for key in ("first_sent", "last_sent"))
    assert campaign.run("purge", "--letter", campaign.letter).out == (
        "2.0: 12 addressees: 0 sent, 0 refused, 0 in doubt, 0 given up, 0 undeliverable, 0 withdrawn, "
        "12 returned, 0 left (closed)\n"
    )
    ended = campaign.run("bounces", "--maildir", tmp_path / "in")
    assert ended.out == "0 returned, 0 known before, 12 about other messages\n"


def test_a_campaign_that_an_older_release_closed_has_no_returned_letters(sqlite_sent):
    campaign, _ = sqlite_sent
    assert campaign.run("purge", "--letter", campaign.letter).code == 0
    campaign.execute(
        "UPDATE klartekst_campaign SET final_counts = replace(final_counts, '\"returned\": 0, ', '')"
    )
    campaign.execute(
        "UPDATE klartekst_campaign SET final_counts = replace(final_counts, ', \"returned\": 0', '')"
    )
    assert '"returned"' not in campaign.execute("SELECT final_counts FROM klartekst_campaign")[0][0]
    assert campaign.run("status").code == 0
    assert campaign.status()["counts"]["returned"] == 0


def test_a_mailbox_file_is_read_like_a_maildir(tmp_path, sqlite_sent):
    campaign, message_ids = sqlite_sent
    reports = []
    for number, kind in enumerate(FAILURES[:MEMBERS]):
        address = f"member{number}@example.no"
        report = make_report(kind, message_ids[address], address).replace(b"\nFrom ", b"\n>From ")
        reports.append(b"From MAILER-DAEMON Mon Nov 23 07:00:04 2026\n" + report)
    (tmp_path / "mbox").write_bytes(b"\n".join(reports))
    ended = campaign.run("bounces", "--mbox", tmp_path / "mbox")
    assert ended.out == "12 returned, 0 known before, 0 about other messages\n"


def test_a_forged_report_puts_nobody_else_on_the_list(tmp_path, sqlite_sent):
    """A member knows the Message-ID of the own letter, and writes somebody else's address."""
    campaign, message_ids = sqlite_sent
    forged = make_report("postfix", message_ids["member1@example.no"], "member2@example.no")
    deliver(tmp_path / "in", "forged", forged)
    deliver(
        tmp_path / "in",
        "guess",
        make_report("postfix", f"<{'0' * 40}@dinbedrift.example>", "member3@example.no"),
    )
    output = tmp_path / "returned.csv"
    ended = campaign.run("bounces", "--maildir", tmp_path / "in", "--write", output)
    assert ended.out.splitlines() == [
        "1 returned, 0 known before, 1 about other messages",
        f"0 addresses written to {output}",
    ]
    assert read_addresses(output) == []
    assert campaign.counts == {"returned": 1, "sent": MEMBERS - 1}


def test_the_addressee_of_a_mail_that_was_forwarded_is_on_the_list_and_not_the_new_mailbox(
    tmp_path, sqlite_sent
):
    campaign, message_ids = sqlite_sent
    report = make_report("gmail", message_ids["member1@example.no"], "Member1@EXAMPLE.no")
    report = report.replace(
        b"Final-Recipient: rfc822; Member1@EXAMPLE.no", b"Final-Recipient: rfc822; new@b.no"
    )
    deliver(tmp_path / "in", "forwarded", report)
    assert campaign.run("bounces", "--maildir", tmp_path / "in", "--write", tmp_path / "o.csv").code == 0
    assert read_addresses(tmp_path / "o.csv") == [
        {"email": "Member1@EXAMPLE.no", "version": "2.0", "status": "5.1.1"}
    ]


def test_a_report_about_a_letter_that_is_being_sent_is_read_again_later(ledger_db):
    key = LedgerKey(b"k")
    [claimed] = ledger_db.mark_sending()
    report = FailureReport(build_message_id(claimed.key, "dinbedrift.example"), "5.1.1", ())
    result = record_bounces(ledger_db.database, key, [report])
    assert (result.returned, result.known, result.unfinished, result.unmatched) == (0, 0, 1, 0)
    assert ledger_db.row(claimed.id).state == DeliveryState.SENDING
    ledger_db.alter(claimed.id, state=DeliveryState.SENT, address=None, name=None)
    result = record_bounces(ledger_db.database, key, [report, report])
    assert (result.returned, result.known, result.unfinished, result.unmatched) == (1, 0, 0, 0)
    row = ledger_db.row(claimed.id)
    assert (row.state, row.answer, row.address) == (DeliveryState.RETURNED, "REPORT 5.1.1", None)


def test_unfinished_letters_are_said_in_a_line(tmp_path, server):
    campaign = create_campaign(tmp_path, 3)
    assert campaign.send(server.url, 3, "--limit", 2).code == 0
    message_ids = read_message_ids(server)
    campaign.execute("UPDATE klartekst_delivery SET state = 'pending'")
    deliver(tmp_path / "in", "early", make_report("qmail", message_ids["member0@example.no"]))
    ended = campaign.run("bounces", "--maildir", tmp_path / "in")
    assert ended.out.splitlines()[1] == "1 of letters that are still being sent: read them again later"


def test_a_letter_in_doubt_that_was_returned_needs_no_decision_any_more(ledger_db):
    """Its address is erased, and a late reply of its own run changes nothing."""
    [delivery] = ledger_db.mark_sending()
    ledger_db.alter(delivery.id, state=DeliveryState.IN_DOUBT)
    sent_at = ledger_db.row(delivery.id).changed
    report = FailureReport(build_message_id(delivery.key, "dinbedrift.example"), "", ())
    assert record_bounces(ledger_db.database, LedgerKey(b"k"), [report]).returned == 1
    row = ledger_db.row(delivery.id)
    assert (row.state, row.answer, row.address, row.name) == (DeliveryState.RETURNED, "REPORT", None, None)
    assert row.changed == sent_at


def test_no_trace_of_an_address_stays_in_the_files_after_it(tmp_path, server):
    campaign = create_campaign(tmp_path, 4)
    server.script = lambda phase, _: "accept-drop" if phase == "DOT" else None
    assert campaign.send(server.url, 4, "--max-attempts", 1).code == 3
    for address, message_id in read_message_ids(server).items():
        deliver(tmp_path / "in", address, make_report("exim", message_id, address))
    assert campaign.run("bounces", "--maildir", tmp_path / "in").code == 0
    assert campaign.counts == {"returned": 4}
    for path in tmp_path.glob("notify.db*"):
        assert b"@example" not in path.read_bytes()


def test_many_deliveries_are_searched_in_several_transactions(monkeypatch, sqlite_sent, tmp_path):
    monkeypatch.setattr("notifier.bounces._ROWS_PER_TRANSACTION", 5)
    campaign, message_ids = sqlite_sent
    for address, message_id in message_ids.items():
        deliver(tmp_path / "in", address, make_report("sendmail", message_id, address))
    assert campaign.run("bounces", "--maildir", tmp_path / "in").out.startswith("12 returned")


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_nothing_but_message_ids_of_the_ledger_is_matched_and_twice_is_once(ledger_db, data):
    own = [build_message_id(ledger_db.row(number).key, "dinbedrift.example") for number in range(1, 7)]
    others = st.from_regex(r"<[0-9a-f]{40}@(dinbedrift\.example|example\.no)>", fullmatch=True)
    named = data.draw(st.lists(st.sampled_from(own) | others, max_size=8))
    reports = [FailureReport(message_id, "5.0.0", (ADDRESS,)) for message_id in named]
    for number in range(1, 7):
        ledger_db.alter(number, state=DeliveryState.SENT)
    expected = [DeliveryState.RETURNED if message_id in named else DeliveryState.SENT for message_id in own]
    first = record_bounces(ledger_db.database, LedgerKey(b"k"), reports)
    assert ledger_db.states()[:6] == expected
    assert first.returned == len(set(own) & set(named))
    assert first.unmatched == len(set(named) - set(own))
    second = record_bounces(ledger_db.database, LedgerKey(b"k"), reports)
    assert (second.returned, second.known) == (0, first.returned)
    assert ledger_db.states()[:6] == expected


def test_a_wrong_place_is_one_line(tmp_path, sqlite_sent):
    campaign, _ = sqlite_sent
    (tmp_path / "in" / "cur").mkdir(parents=True)
    cases = [
        ((), "nothing to read: use --maildir, --mbox or --maillog"),
        (("--maildir", tmp_path / "letters"), "not a Maildir (it has no folder new or cur)"),
        (("--mbox", tmp_path), "cannot be read (Is a directory)"),
        (("--mbox", tmp_path / "none"), "cannot be read (No such file or directory)"),
        (("--maillog", tmp_path / "none"), "cannot be read (No such file or directory)"),
        (
            ("--maildir", tmp_path / "in", "--write", tmp_path / "none" / "file"),
            "the addresses cannot be written (No such file or directory)",
        ),
        (
            ("--maildir", tmp_path / "in", "--write", tmp_path / "in"),
            "the addresses cannot be written (Is a directory)",
        ),
    ]
    for options, message in cases:
        ended = campaign.run("bounces", *options)
        assert (ended.code, ended.out) == (2, "")
        assert ended.err.rstrip("\n").endswith(message)
        assert ended.err.count("\n") == 1
    assert not list(tmp_path.rglob(".*"))


def test_the_envelope_names_the_address_for_reports_and_the_letter_does_not(tmp_path, server):
    campaign = create_campaign(tmp_path, 1)
    write_letter(campaign.letter, bounce="retur@Dinbedrift.example")
    assert campaign.send(server.url, 1).code == 0
    mail_from = next(line for line in server.commands if line.startswith("MAIL"))
    assert mail_from.startswith("MAIL FROM:<retur@dinbedrift.example>")
    assert b"retur@" not in server.messages[0].lower()


@pytest.mark.parametrize("address", ["", "x", "a@b.no, c@d.no", "kåre@example.no", "a@b.no\n", "<a@b.no>"])
def test_a_letter_whose_address_for_reports_is_none_is_refused(tmp_path, server, address):
    campaign = create_campaign(tmp_path, 1)
    record = json.loads((campaign.letter / "letter.json").read_text())
    (campaign.letter / "letter.json").write_text(json.dumps(record | {"bounce": address}))
    ended = campaign.send(server.url, 1)
    assert ended.code == 2
    assert re.search(r"letter\.json: bounce is no mail address in plain ASCII; run build again$", ended.err)


def test_a_letter_whose_address_for_reports_is_no_text_is_refused(tmp_path, server):
    campaign = create_campaign(tmp_path, 1)
    record = json.loads((campaign.letter / "letter.json").read_text())
    (campaign.letter / "letter.json").write_text(json.dumps(record | {"bounce": 1}))
    assert "not a letter.json of schema 2" in campaign.send(server.url, 1).err
