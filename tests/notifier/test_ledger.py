"""Campaigns in a ledger: doubts resolved, old copies recognized, campaigns closed."""

import json
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email import message_from_bytes

import pytest
from sqlalchemy import text

from notifier.database import open_database
from notifier.deliveries import mark_sending
from notifier.frozen_letters import store_letter
from notifier.letters import read_letter_folder
from tests.notifier.factories import CampaignFiles, create_campaign, write_letter
from tests.notifier.smtp_server import SmtpServer


def create_doubts(campaign, count=3):
    """Bring every delivery into doubt and return the Message-IDs by address."""
    with SmtpServer(lambda phase, _: "drop" if phase == "DOT" else None) as server:
        assert campaign.send(server.url, count).code == 3
    return {doubt["address"]: doubt["message_id"] for doubt in campaign.status()["in_doubt"]}


def format_log(lines, *, before=60, after=60, style="rfc3339"):
    now = datetime.now(UTC)

    def stamp(seconds):
        moment = now + timedelta(seconds=seconds)
        return moment.isoformat() if style == "rfc3339" else moment.astimezone().strftime("%b %e %H:%M:%S")

    text = [
        (-before, "postfix/master[1]: daemon started"),
        *((0, line) for line in lines),
        (after, "postfix/anvil[2]: statistics"),
    ]
    return "".join(f"{stamp(seconds)} relay {line}\n" for seconds, line in text)


@pytest.mark.parametrize("style", ["rfc3339", "rfc3164"])
def test_the_log_of_the_relay_resolves_deliveries_in_doubt(campaign, style):
    ids = create_doubts(campaign)
    accepted, half, absent = (ids[f"member{n}@example.no"] for n in range(3))
    path = campaign.folder / "mail.log"
    lines = [
        f"postfix/cleanup[9]: 4Xyz: message-id={accepted}",
        "postfix/qmgr[3]: 4Xyz: from=<varsel@dinbedrift.example>, size=1, nrcpt=1 (queue active)",
        "postfix/qmgr[3]: 4Xyz: removed",
        f"postfix/cleanup[9]: 5Abc: message-id={half}",
        "postfix/cleanup[9]: 4Xyz: message-id=<other@x.no>",
        "postfix/qmgr[3]: 4Xyz: from=<other@x.no>, size=1, nrcpt=1 (queue active)",
        "not a log line",
        "postfix/cleanup[9]: 5Abc: reject: header Subject: x",
    ]
    impossible = f"2026-02-30T07:00:00Z relay postfix/cleanup[9]: 6Def: message-id={absent}\n"
    path.write_text(format_log(lines, style=style) + impossible)
    ended = campaign.run("reconcile", "--maillog", path)
    assert (ended.code, ended.out) == (3, "1 sent, 1 pending again, 1 still in doubt\n")
    assert campaign.counts == {"sent": 1, "pending": 1, "in_doubt": 1}
    assert [doubt["message_id"] for doubt in campaign.status()["in_doubt"]] == [half]
    with SmtpServer() as server:
        assert campaign.send(server.url, 3).code == 3
        assert absent.encode() in server.messages[0]
        assert len(server.messages) == 1


@pytest.mark.parametrize(("before", "after"), [(-5, 60), (60, 0)])
def test_a_log_that_does_not_cover_the_time_resolves_nothing(campaign, before, after):
    create_doubts(campaign)
    path = campaign.folder / "mail.log"
    path.write_text(format_log([], before=before, after=after))
    assert campaign.run("reconcile", "--maillog", path).code == 3
    assert campaign.counts == {"in_doubt": 3}


def test_a_missing_log_is_one_line(campaign):
    create_doubts(campaign)
    ended = campaign.run("reconcile", "--maillog", campaign.folder / "none")
    assert ended.code == 2
    assert ended.err.count("\n") == 1


def test_an_old_copy_of_a_sqlite_ledger_is_recognized(tmp_path):
    campaign = create_campaign(tmp_path, 6)
    with SmtpServer() as server:
        campaign.send(server.url, 6, "--limit", 2)
        shutil.copy(campaign.database, tmp_path / "copy.db")
        campaign.send(server.url, 6)
        shutil.copy(tmp_path / "copy.db", campaign.database)
        ended = campaign.send(server.url, 6)
        assert ended.code == 2
        assert "reconcile" in ended.err
        assert len(server.messages) == 6
        (tmp_path / "empty.log").write_text("")
        assert campaign.run("reconcile", "--maillog", tmp_path / "empty.log").code == 3
        assert campaign.counts == {"sent": 2, "in_doubt": 4}
        assert campaign.send(server.url, 6).code == 3
        assert len(server.messages) == 6


def restore_an_hour_later(campaign, server) -> dict[str, str]:
    """Restore a ledger from before the last four of six letters; return the Message-IDs of those four."""
    campaign.send(server.url, 6, "--limit", 2)
    campaign.execute("UPDATE klartekst_delivery SET changed = changed - 3600")
    shutil.copy(campaign.database, campaign.folder / "copy.db")
    campaign.send(server.url, 6)
    shutil.copy(campaign.folder / "copy.db", campaign.database)
    letters = [(recipient, message_from_bytes(octets)["Message-ID"]) for recipient, octets in server.accepted]
    return dict(letters[2:])


def test_a_log_that_ends_before_the_restore_proves_nothing_of_what_was_sent_since_the_backup(tmp_path):
    campaign = create_campaign(tmp_path, 6)
    with SmtpServer() as server:
        restore_an_hour_later(campaign, server)
        # It covers the time of the backup, and none of the letters since.
        (tmp_path / "mail.log").write_text(format_log([], before=4000, after=-1800))
        assert campaign.run("reconcile", "--maillog", tmp_path / "mail.log").code == 3
        assert campaign.counts == {"sent": 2, "in_doubt": 4}
        assert campaign.send(server.url, 6).code == 3
        assert set(server.recipients.values()) == {1}


def test_a_restored_ledger_goes_on_where_the_log_of_the_relay_ends(tmp_path):
    campaign = create_campaign(tmp_path, 6)
    with SmtpServer() as server:
        (recipient, message_id), *_ = restore_an_hour_later(campaign, server).items()
        lines = [
            f"postfix/cleanup[9]: 4Xyz: message-id={message_id}",
            "postfix/qmgr[3]: 4Xyz: from=<x@x.no>, size=1, nrcpt=1 (queue active)",
        ]
        (tmp_path / "mail.log").write_text(format_log(lines, before=4000))
        before = datetime.now(UTC).timestamp() - 60
        ended = campaign.run("reconcile", "--maillog", tmp_path / "mail.log")
        assert (ended.code, ended.out) == (0, "1 sent, 3 pending again, 0 still in doubt\n")
        # The time is that of the log: the ledger was not there when the letter was sent.
        [(latest,)] = campaign.execute("SELECT max(changed) FROM klartekst_delivery WHERE answer = 'LOG'")
        assert latest > before
        assert campaign.send(server.url, 6).code == 0
    assert server.recipients[recipient] == 1


def test_an_old_copy_of_a_postgresql_ledger_is_recognized(tmp_path, postgresql):
    url = postgresql.database()
    name = url.rpartition("/")[2]
    campaign = create_campaign(tmp_path, 6, ledger=url, key="k" * 32)
    with SmtpServer() as server:
        campaign.send(server.url, 6, "--limit", 2)
        postgresql.client("pg_dump", "-f", str(tmp_path / "dump.sql"), name)
        campaign.send(server.url, 6)
        postgresql.sql(f"DROP DATABASE {name}")
        postgresql.sql(f"CREATE DATABASE {name}")
        postgresql.client("psql", "-Xq", "-f", str(tmp_path / "dump.sql"), name)
        assert campaign.send(server.url, 6).code == 2
        assert len(server.messages) == 6


def test_a_postgresql_ledger_needs_its_key(tmp_path, postgresql):
    campaign = create_campaign(tmp_path, ledger=postgresql.database())
    assert "KLARTEKST_KEY" in campaign.plan("--ledger", campaign.ledger).err


def test_purge_leaves_the_counts_and_no_trace_of_anybody(campaign, server):
    campaign.send(server.url, 3)
    ended = campaign.run("purge", "--letter", campaign.letter)
    assert ended.code == 0
    assert campaign.execute("select count(*) from klartekst_delivery") == [(0,)]
    assert campaign.status()["closed"] is True
    assert campaign.counts == {"sent": 3}
    assert campaign.send(server.url, 3).code == 2
    assert campaign.run("purge", "--letter", campaign.letter).code == 0
    assert len(server.messages) == 3


def test_purge_refuses_while_deliveries_are_in_doubt(campaign):
    create_doubts(campaign)
    refused = campaign.run("purge", "--letter", campaign.letter)
    assert refused.code == 2
    assert "--force" in refused.err
    assert campaign.run("purge", "--letter", campaign.letter, "--force").code == 0
    assert b"example.no" not in campaign.database.read_bytes()


def test_a_proof_says_what_was_sent_and_contains_no_address(campaign, server):
    campaign.send(server.url, 3)
    for _ in range(2):
        assert (
            campaign.run("proof", "--letter", campaign.letter, "--out", campaign.folder / "proof").code == 0
        )
        proof = json.loads((campaign.folder / "proof" / "proof.json").read_text())
        assert proof["counts"]["sent"] == proof["addressees"] == 3
        assert proof["sha256"].keys() == {"nb", "en"}
        assert proof["first_sent"] <= proof["last_sent"]
        campaign.run("purge", "--letter", campaign.letter)
    assert proof["closed"]
    written = b"".join(file.read_bytes() for file in (campaign.folder / "proof").iterdir())
    assert b"example.no" not in written
    assert (campaign.folder / "proof" / "nb.eml").read_bytes() == (campaign.letter / "nb.eml").read_bytes()


@pytest.mark.parametrize("command", ["status", "reconcile", "purge", "proof"])
def test_a_missing_ledger_is_reported(campaign, command):
    options = {
        "reconcile": ["--maillog", "x"],
        "purge": ["--letter", campaign.letter],
        "proof": ["--letter", campaign.letter, "--out", "x"],
    }
    ended = campaign.run(command, *options.get(command, []))
    assert ended.code == 2
    assert "there is no ledger" in ended.err


def test_a_campaign_that_never_began_is_reported(campaign, server):
    campaign.send(server.url, 3)
    other = write_letter(campaign.folder / "letters" / "3.0", "3.0")
    for command, *options in [("status",), ("purge",), ("proof", "--out", campaign.folder / "p")]:
        ended = campaign.run(command, "--letter", other, *options)
        assert ended.code == 2
        assert "no campaign of 3.0" in ended.err


def test_several_campaigns_share_a_ledger(campaign, server):
    campaign.send(server.url, 3)
    other = write_letter(campaign.folder / "letters" / "3.0", "3.0")
    later = CampaignFiles(campaign.folder, other, campaign.addressees, campaign.ledger)
    assert later.send(server.url, 3).code == 0
    assert set(server.recipients.values()) == {2}
    assert campaign.run("status").out.count(" 3 sent") == 2
    assert (
        len(
            {
                line
                for message in server.messages
                for line in message.split(b"\r\n")
                if line.startswith(b"Message-ID")
            }
        )
        == 6
    )


def test_a_ledger_with_a_newer_schema_is_refused(campaign, server):
    campaign.send(server.url, 3)
    campaign.execute("update klartekst_meta set value = '99' where name = 'schema'")
    assert "schema 99" in campaign.send(server.url, 3).err


def test_a_ledger_with_an_older_schema_is_refused_and_left_as_it_is(campaign, server):
    with sqlite3.connect(campaign.database) as old:
        old.execute("create table klartekst_meta (name varchar primary key, value varchar not null)")
        old.execute("insert into klartekst_meta values ('schema', '1')")
    ended = campaign.send(server.url, 3)
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert "schema 1" in ended.err
    with sqlite3.connect(campaign.database) as old:
        assert list(old.execute("select name from sqlite_master where type = 'table'")) == [
            ("klartekst_meta",)
        ]


def test_a_file_that_is_not_a_ledger_is_refused(campaign, server):
    campaign.database.write_bytes(b"not a database" * 100)
    ended = campaign.send(server.url, 3)
    assert ended.code == 2
    assert ended.err.count("\n") == 1


@pytest.mark.parametrize(
    "url", ["mysql://x", "sqlite://", "sqlite:///:memory:", "://", "sqlite:////nowhere/at/all.db"]
)
def test_an_impossible_ledger_url_is_refused(campaign, server, url):
    wrong = CampaignFiles(campaign.folder, campaign.letter, campaign.addressees, url)
    ended = wrong.send(server.url, 3)
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert server.connections == 0


def test_a_locked_ledger_sends_nothing(campaign, server, monkeypatch):
    monkeypatch.setattr("notifier.database._BUSY_SECONDS", 0.2)
    campaign.plan("--ledger", campaign.ledger)
    connection = sqlite3.connect(campaign.database, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    ended = campaign.send(server.url, 3)
    assert ended.code == 75
    assert not server.messages
    connection.execute("ROLLBACK")
    connection.close()
    assert campaign.send(server.url, 3).code == 0


def test_nothing_is_sent_when_the_disk_is_full(tmp_path, monkeypatch):
    campaign = create_campaign(tmp_path, 40)
    campaign.plan("--ledger", campaign.ledger)
    monkeypatch.setattr("notifier.ledger_session._CLOSE_TIMEOUT_SECONDS", 0.1)
    calls = []

    def fill_disk(connection, run_id, ids):
        calls.append(1)
        if len(calls) > 5:
            connection.exec_driver_sql("PRAGMA max_page_count = 1")
            connection.exec_driver_sql("CREATE TABLE ballast AS SELECT zeroblob(10000000)")
        return mark_sending(connection, run_id, ids)

    monkeypatch.setattr("notifier.ledger_session.mark_sending", fill_disk)
    with SmtpServer() as server:
        ended = campaign.send(server.url, 40)
        assert ended.code == 75
        assert "full" in ended.err
        taken = set(server.recipients)
    monkeypatch.undo()
    assert campaign.counts["pending"] == 40 - len(taken)
    with SmtpServer() as server:
        campaign.send(server.url, 40)
        assert not taken & set(server.recipients)


@pytest.mark.parametrize("ahead", [-7200, 7200])
def test_a_clock_that_jumps_delays_nobody_and_mails_nobody_twice(tmp_path, server, ahead):
    campaign = create_campaign(tmp_path, 6)
    campaign.plan("--ledger", campaign.ledger)
    values = f"9, 'elsewhere/x/1/1', 60, unixepoch() + {ahead}, 0"
    campaign.execute(f"insert into klartekst_run (id, process, lease, renewed, commits) values ({values})")
    campaign.execute("update klartekst_delivery set state = 'claimed', run = 9 where id < 3")
    campaign.execute("update klartekst_delivery set due = due + 100000 where id > 4")
    assert campaign.send(server.url, 6).code == 0
    assert set(server.recipients.values()) == {1}
    assert len(server.recipients) == 6


def test_a_database_that_restarts_loses_no_reply(tmp_path, postgresql):
    campaign = create_campaign(tmp_path, 60, ledger=postgresql.database(), key="k" * 32)
    restarted = []

    def script(phase, _):
        if phase == "SENT" and len(server.messages) == 20 and not restarted:
            restarted.append(1)
            postgresql.restart()

    with SmtpServer(script) as server:
        ended = campaign.send(server.url, 60)
        assert ended.code in (0, 75)
        for _ in range(3):
            if ended.code == 75:
                ended = campaign.send(server.url, 60)
        assert set(server.recipients.values()) == {1}
        assert len(server.recipients) + campaign.counts.get("in_doubt", 0) >= 60


def wait_for_blocked_session(database):
    """Wait until another session of a PostgreSQL database waits for a lock."""
    query = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    blocked = 0
    while not blocked:
        with database.transaction() as connection:
            blocked = connection.execute(query).scalar_one()


def test_processes_that_begin_a_postgresql_ledger_at_once_agree_on_what_it_stores(postgresql):
    url = postgresql.database()
    with ThreadPoolExecutor() as pool:
        first, second, third = (open_database(url, create=True) for _ in range(3))
        with first.transaction() as connection:
            connection.execute(text("INSERT INTO klartekst_meta (name, value) VALUES ('key', 'first')"))
            waiting = pool.submit(second.write_meta_once, "key", "second")
            wait_for_blocked_session(third)
        assert waiting.result() == "first"
    for database in (first, second, third):
        database.close()


def test_processes_that_store_the_letter_of_an_older_campaign_at_once_store_it_once(tmp_path, postgresql):
    campaign = create_campaign(tmp_path, ledger=postgresql.database(), key="k" * 32)
    campaign.plan("--ledger", campaign.ledger)
    with ThreadPoolExecutor() as pool:
        first, second = (open_database(campaign.ledger, create=False) for _ in range(2))
        with first.transaction() as connection:
            connection.execute(text("DELETE FROM klartekst_letter"))  # as a release that stored none left it
        with first.transaction() as connection:
            letter = read_letter_folder(campaign.letter).require_letter()
            store_letter(connection, 1, letter)
            waiting = pool.submit(campaign.plan, "--ledger", campaign.ledger)
            wait_for_blocked_session(second)
        planned = waiting.result()
    for database in (first, second):
        database.close()
    assert (planned.code, planned.err) == (0, "")
