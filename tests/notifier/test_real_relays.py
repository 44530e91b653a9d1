"""Real mail servers: Postfix and its log, and smtp-sink of Postfix."""

import re
import signal
import socket
import subprocess
import time

import pytest

from tests.helpers.ports import free_port
from tests.notifier import servers
from tests.notifier.cli import wait_for
from tests.notifier.factories import create_campaign, write_letter
from tests.notifier.test_kill import start_interrupted


@pytest.fixture(scope="module")
def postfix():
    with servers.postfix() as relay:
        yield relay


def logged(relay, pattern, count):
    until = time.monotonic() + 600
    while time.monotonic() < until:
        if relay.log.exists() and len(set(re.findall(pattern, relay.log.read_text()))) >= count:
            return True
        time.sleep(0.1)
    return False


def test_postfix_accepts_every_message_once(tmp_path, postfix):
    campaign = create_campaign(tmp_path, 40)
    assert campaign.send(postfix.url, 40).code == 0
    assert logged(postfix, r"to=<(member\d+@example\.no)>.*status=sent", 40)
    ids = re.findall(r"message-id=(<\S+>)", postfix.log.read_text())
    assert len(ids) == len(set(ids)) >= 40


def test_its_log_resolves_what_a_killed_run_left_in_doubt(tmp_path, postfix):
    campaign = create_campaign(tmp_path, 12)

    class Relay:
        url = postfix.url

    killed = wait_for(start_interrupted(campaign, Relay, "record:before", 5, "SIGKILL"))
    assert killed.code == -signal.SIGKILL
    doubts = {doubt["message_id"] for doubt in campaign.status()["in_doubt"]}
    assert doubts
    assert logged(postfix, "|".join(map(re.escape, doubts)), len(doubts))
    for _ in range(50):
        ended = campaign.run("reconcile", "--maillog", postfix.log)
        if ended.code == 0:
            break
        time.sleep(0.1)
    # A message that Postfix was reading when the run died may be logged and not queued: it stays in doubt.
    assert campaign.send(postfix.url, 12).code == ended.code
    assert campaign.counts.get("sent", 0) + campaign.counts.get("in_doubt", 0) == 12
    assert campaign.counts["sent"] >= 11
    message_ids = queued(postfix.log.read_text())
    assert len(message_ids) == len(set(message_ids)) >= campaign.counts["sent"]


def queued(log: str) -> list[str]:
    """Return the Message-IDs that were queued; Postfix logs those of incomplete messages too."""
    active = set(re.findall(r"postfix/qmgr\S* (\w+): from=.*queue active", log))
    seen = re.findall(r"postfix/cleanup\S* (\w+): message-id=(<\S+>)", log)
    return [message_id for name, message_id in seen if name in active]


def test_six_of_ten_that_postfix_returns_are_in_its_log_and_in_its_reports(tmp_path):
    unknown = [f"member{number}@example.no" for number in range(6)]
    with servers.postfix(unknown) as relay:
        for source in ("maillog", "maildir"):
            folder = tmp_path / source
            folder.mkdir()
            campaign = create_campaign(folder, 10)
            write_letter(campaign.letter, bounce="retur@dinbedrift.example")
            assert campaign.send(relay.url, 10).code == 0
            # The second campaign has its own key, and so other Message-IDs.
            reported = 6 if source == "maillog" else 12
            assert logged(relay, r"(\w+): to=<retur@dinbedrift\.example>.*status=sent", reported)
            path = relay.log if source == "maillog" else relay.maildir
            output = folder / "returned.csv"
            ended = campaign.run("bounces", f"--{source}", path, "--write", output)
            assert (ended.code, ended.err) == (0, "")
            assert ended.out.startswith("6 returned, 0 known before, ")
            assert campaign.counts == {"sent": 4, "returned": 6}
            assert [line.split(",")[0] for line in output.read_text().splitlines()] == ["email", *unknown]


def test_smtp_sink_accepts_every_message(tmp_path):
    program = servers.need("smtp-sink", "postfix")
    port = free_port()
    with subprocess.Popen([program, "-u", "nobody", f"127.0.0.1:{port}", "100"]) as process:
        try:
            campaign = create_campaign(tmp_path, 200)
            while not is_listening(port):
                assert process.poll() is None
                time.sleep(0.1)
            assert campaign.send(f"smtp://127.0.0.1:{port}", 200).code == 0
            assert campaign.counts == {"sent": 200}
        finally:
            process.terminate()


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
