"""No blanked address is left in any file of a SQLite ledger, also after a crash."""

import signal
import sys
import tempfile
from pathlib import Path

import pytest

from notifier.database import open_database
from notifier.erasure import erase_traces, mark_erasure_due
from notifier.runs import end_run, start_run
from tests.notifier.cli import start_command, wait_for
from tests.notifier.factories import create_campaign
from tests.notifier.smtp_server import SmtpServer

KILL_AT_STEP = [sys.executable, str(Path(__file__).with_name("kill_at_step.py"))]
CANARY = b"canary"
# Enough rows of different lengths that SQLite moves some to other pages.
MEMBERS = 900


def write_people(count=MEMBERS) -> str:
    rows = (f"canary{n}@example.no,nb,{'N' * (n % 37)} canary name {n}\n" for n in range(count))
    return "email,language,name\n" + "".join(rows)


@pytest.fixture
def campaign(tmp_path):
    return create_campaign(tmp_path, write_people())


def postpone_some(phase, recipient):
    """Some rows grow before they shrink: they are retried."""
    return "450 4.2.1 later" if phase == "RCPT" and sum(recipient.encode()) % 7 == 0 else None


def find_canaries(folder) -> dict[str, int]:
    """Count the addresses and names in each file, apart from the source."""
    counts = {
        path.name: path.read_bytes().count(CANARY)
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".csv"
    }
    return {name: count for name, count in counts.items() if count}


def send_all(campaign, count=MEMBERS):
    with SmtpServer(postpone_some) as server:
        server.extensions = ("PIPELINING",)
        campaign.send(server.url, count, "--limit", count // 2, "--retry-after", 0.1)
    with SmtpServer() as server:
        ended = campaign.send(server.url, count, "--in-doubt", "resend")
    assert ended.code == 0, ended
    assert campaign.counts == {"sent": count}


def kill_at(campaign, step, nth, *arguments):
    entry = [*KILL_AT_STEP, step, str(nth), "SIGKILL"]
    killed = wait_for(start_command(*arguments, entry=entry, **campaign.environment))
    assert killed.code == -signal.SIGKILL, killed


def test_an_address_that_is_needed_is_in_the_ledger(campaign):
    campaign.plan("--ledger", campaign.ledger)
    assert find_canaries(campaign.folder)["notify.db"] >= MEMBERS


def test_nothing_is_left_after_a_finished_run(campaign):
    send_all(campaign)
    assert find_canaries(campaign.folder) == {}


def test_after_a_part_of_the_campaign_only_those_are_left_who_are_still_needed(campaign):
    with SmtpServer(postpone_some) as server:
        campaign.send(server.url, MEMBERS, "--limit", MEMBERS // 2)
        sent = {recipient.encode() for recipient in server.recipients}
    content = b"".join(path.read_bytes() for path in campaign.folder.glob("notify.db*"))
    assert len(sent) > 300
    assert [address for address in sent if address in content] == []
    assert content.count(CANARY) > 0


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("step", ["dot:before", "write_results:after", "record:before"])
def test_nothing_is_left_after_a_run_was_killed_and_another_has_finished(campaign, step):
    with SmtpServer() as server:
        kill_at(campaign, step, 60, *campaign.send_arguments(server.url, MEMBERS))
    assert find_canaries(campaign.folder)["notify.db-wal"] > 0
    send_all(campaign)
    assert find_canaries(campaign.folder) == {}


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("step", ["end_run:after", "erase:before", "rewrite:before", "rewrite:after"])
def test_nothing_is_left_after_a_run_was_killed_at_its_end_and_another_had_nothing_to_do(campaign, step):
    with SmtpServer() as server:
        kill_at(campaign, step, 1, *campaign.send_arguments(server.url, MEMBERS))
        assert campaign.send(server.url, MEMBERS).code == 0
        assert set(server.recipients.values()) == {1}
    assert find_canaries(campaign.folder) == {}


def test_nothing_is_left_after_a_purge(campaign):
    campaign.plan("--ledger", campaign.ledger)
    assert campaign.run("purge", "--letter", campaign.letter, "--force").code == 0
    assert find_canaries(campaign.folder) == {}


@pytest.mark.cases_in_ci
@pytest.mark.parametrize(
    "step", ["close_campaign:after", "erase_purged:before", "rewrite:before", "rewrite:after"]
)
def test_nothing_is_left_after_a_purge_was_killed_and_run_again(campaign, step):
    campaign.plan("--ledger", campaign.ledger)
    purge = ["purge", "--ledger", campaign.ledger, "--letter", campaign.letter, "--force"]
    kill_at(campaign, step, 1, *purge)
    assert campaign.run("purge", "--letter", campaign.letter, "--force").code == 0
    assert campaign.counts == {"pending": MEMBERS}
    assert campaign.execute("select count(*) from klartekst_delivery") == [(0,)]
    assert find_canaries(campaign.folder) == {}


def test_nothing_is_left_of_doubts_that_the_log_of_the_relay_resolves(tmp_path):
    campaign = create_campaign(tmp_path, write_people(30))
    with SmtpServer(lambda phase, _: "drop" if phase == "DOT" else None) as server:
        assert campaign.send(server.url, 30).code == 3
    doubts = campaign.status()["in_doubt"]
    lines, relay = [], "2026-01-01T00:00:00Z relay"
    for number, doubt in enumerate(doubts):
        lines += [
            f"{relay} postfix/cleanup[9]: {number}A: message-id={doubt['message_id']}\n",
            f"{relay} postfix/qmgr[3]: {number}A: from=<x@x.no>, size=1, nrcpt=1 (queue active)\n",
        ]
    (tmp_path / "mail.log").write_text("".join(lines))
    assert campaign.run("reconcile", "--maillog", tmp_path / "mail.log").code == 0
    assert campaign.counts == {"sent": 30}
    assert find_canaries(tmp_path) == {}


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("step", ["freeze:before", "freeze:after"])
def test_a_preview_writes_no_address_and_no_pseudonym_that_can_be_guessed(campaign, step, tmp_path):
    folders = [tmp_path / name for name in ("first", "second")]
    if step == "freeze:after":  # so many that SQLite writes some to disk before the end
        campaign.addressees.write_text(write_people(10_000), "utf-8")
    for folder in folders:
        folder.mkdir()
        entry = [*KILL_AT_STEP, step, "1", "SIGKILL"]
        where = ["--letter", campaign.letter, "--recipients", campaign.addressees]
        killed = wait_for(start_command("plan", *where, entry=entry, TMPDIR=str(folder)))
        assert killed.code == -signal.SIGKILL, killed
        assert list(folder.iterdir())
        assert find_canaries(folder) == {}
    assert tempfile.gettempdir() not in map(str, folders)
    contents = [b"".join(path.read_bytes() for path in folder.rglob("preview.db*")) for folder in folders]
    assert contents[0] != contents[1] or step == "freeze:before"


def test_a_preview_that_ends_leaves_no_file(campaign, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "empty"))
    (tmp_path / "empty").mkdir()
    assert campaign.plan().code == 0
    assert list((tmp_path / "empty").iterdir()) == []


def is_due(database) -> bool:
    return database.read_meta("erasure") == "due"


def test_the_last_run_erases_and_no_other(campaign):
    campaign.plan("--ledger", campaign.ledger)
    database = open_database(campaign.ledger, create=False)
    with database.transaction() as connection:
        run = start_run(connection, "elsewhere/x/1/1", 60)
        mark_erasure_due(connection)
        mark_erasure_due(connection)
    erase_traces(database)
    assert is_due(database)
    erase_traces(database, despite_runs=True)
    assert is_due(database)  # the run may blank more
    with database.transaction() as connection:
        end_run(connection, run)
    erase_traces(database)
    assert not is_due(database)
    before = campaign.database.stat().st_mtime_ns
    erase_traces(database)  # nothing to do
    assert campaign.database.stat().st_mtime_ns == before
    database.close()


def test_a_full_disk_delays_the_erasure_and_loses_nothing(tmp_path, server, monkeypatch):
    campaign = create_campaign(tmp_path, write_people(20))
    too_much = ("PRAGMA max_page_count = 1", "CREATE TABLE x AS SELECT zeroblob(9999999)")
    monkeypatch.setattr("notifier.erasure._REWRITE", too_much)
    ended = campaign.send(server.url, 20)
    assert ended.code == 75
    assert ended.err.count("\n") == 1
    assert "the disk is full" in ended.err
    monkeypatch.undo()
    assert campaign.send(server.url, 20).code == 0
    assert len(server.messages) == 20
    assert find_canaries(tmp_path) == {}


def test_a_postgresql_ledger_is_left_to_its_server(tmp_path, server, postgresql):
    campaign = create_campaign(tmp_path, 3, ledger=postgresql.database(), key="k" * 32)
    assert campaign.send(server.url, 3).code == 0
    name = campaign.ledger.rpartition("/")[2]
    assert postgresql.sql("SELECT count(*) FROM klartekst_meta WHERE name = 'erasure'", name).strip() == "0"
