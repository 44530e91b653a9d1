"""What can go wrong at a mail server, and the state of the addressee afterwards."""

import signal
import socket
import time

import pytest

from notifier.smtp import SmtpConnection
from tests.notifier.cli import start_command, wait_for
from tests.notifier.factories import create_campaign
from tests.notifier.smtp_server import SmtpServer

PIPELINING = ("PIPELINING", "8BITMIME", "SMTPUTF8")
VICTIM = "member1@example.no"


def fail_at(phase, fault, *, victim=VICTIM, times=1000):
    """Return a script that fails in one phase for one addressee; at MAIL it cannot know for whom."""
    left = [times]

    def script(now, recipient):
        if now == phase and (recipient == victim or phase == "MAIL") and left[0] > 0:
            left[0] -= 1
            return fault
        return None

    return script


@pytest.fixture(params=[PIPELINING, ("8BITMIME",)], ids=["pipelining", "plain"])
def extensions(request):
    return request.param


LATER = [
    ("MAIL", "451 4.3.0 later"),
    ("RCPT", "450 4.2.1 later"),
    ("DATA", "451 4.3.0 later"),
    ("DOT", "452 4.3.1 later"),
    ("DOT", "421 4.3.2 closing"),
    ("MAIL", "drop"),
    ("RCPT", "drop"),
    ("DATA", "drop"),
    ("DATA", "reset"),
    ("DATA", "garbage"),
    ("DATA", "endless"),
    ("DATA", "flood"),
    ("DATA", "250 2.0.0 no 354"),
    ("RCPT", "354 what"),
    ("RCPT", "421 4.3.2 closing"),
]


@pytest.mark.cases_in_ci("pipelining-MAIL-drop", "pipelining-DATA-reset", "pipelining-DATA-garbage")
@pytest.mark.parametrize(("phase", "fault"), LATER)
def test_what_fails_before_the_dot_or_temporarily_is_retried(tmp_path, extensions, phase, fault):
    campaign = create_campaign(tmp_path, 4)
    with SmtpServer(fail_at(phase, fault, times=1), extensions) as server:
        ended = campaign.send(server.url, 4, "--connections", 1)
        assert ended.code == 75, ended
        assert campaign.counts == {"sent": 3, "pending": 1}
        campaign.execute("update klartekst_delivery set due = 0")
        assert campaign.send(server.url, 4).code == 0
        assert set(server.recipients.values()) == {1}
        assert len(server.recipients) == 4


def test_a_connection_lost_in_the_body_is_lost_before_the_dot(tmp_path, extensions):
    campaign = create_campaign(tmp_path, 4)
    with SmtpServer(fail_at("BODY", "drop", times=1), extensions) as server:
        ended = campaign.send(server.url, 4, "--connections", 1, "--retry-after", 0.1)
        assert ended.code in (0, 3)
        # Whether the drop is seen before the dot is sent is a race; if it is not, the delivery is in doubt.
        assert len(server.recipients) == 4 - campaign.counts.get("in_doubt", 0)
        assert set(server.recipients.values()) == {1}


def test_a_connection_that_breaks_in_the_body_costs_an_attempt_and_causes_no_doubt(
    tmp_path, server, monkeypatch
):
    campaign = create_campaign(tmp_path, 4)
    write, broken = SmtpConnection.write, []

    def breaks(self, octets):
        if octets.startswith(b"To: <member1@") and not broken:
            broken.append(self._socket.shutdown(socket.SHUT_RDWR))
        return write(self, octets)

    monkeypatch.setattr(SmtpConnection, "write", breaks)
    assert campaign.send(server.url, 4, "--retry-after", 0.1).code == 0
    assert set(server.recipients.values()) == {1}
    assert campaign.execute("select attempts from klartekst_delivery where id = 2") == [(2,)]


@pytest.mark.parametrize("phase", ["RCPT", "DATA", "DOT"])
def test_a_5xx_refuses_the_addressee(tmp_path, extensions, phase):
    campaign = create_campaign(tmp_path, 4)
    with SmtpServer(fail_at(phase, "550 5.1.1 <member1@example.no> no such"), extensions) as server:
        ended = campaign.send(server.url, 4)
        assert ended.code == 0
        assert len(server.recipients) == 3
    assert campaign.counts == {"sent": 3, "refused": 1}
    assert "@" not in ended.out + ended.err
    rows = campaign.execute("select address, answer from klartekst_delivery where state = 'refused'")
    assert rows == [(None, f"{phase} 550 5.1.1")]


DOUBT = [
    "drop",
    "reset",
    "hang",
    "garbage",
    "endless",
    "flood",
    "354 what",
    "accept-drop",
    "accept-hang",
    "accept-garbage",
]


@pytest.mark.cases_in_ci("pipelining-drop", "pipelining-reset", "pipelining-garbage", "plain-drop")
@pytest.mark.parametrize("fault", DOUBT)
def test_what_fails_between_the_dot_and_its_reply_is_in_doubt_and_held(tmp_path, extensions, fault):
    campaign = create_campaign(tmp_path, 4)
    with SmtpServer(fail_at("DOT", fault), extensions) as server:
        ended = campaign.send(server.url, 4, "--lease", 3)
        assert ended.code == 3, ended
        assert campaign.counts == {"sent": 3, "in_doubt": 1}
        [doubt] = campaign.status()["in_doubt"]
        assert doubt["address"] == VICTIM
        assert doubt["address"] in campaign.run("status").out
        assert doubt["message_id"] in campaign.run("status").out
        taken = len(server.messages)
        assert campaign.send(server.url, 4).code == 3
        assert len(server.messages) == taken


def test_deliveries_in_doubt_are_resent_only_when_the_operator_says_so(tmp_path):
    campaign = create_campaign(tmp_path, 4)
    with SmtpServer(fail_at("DOT", "accept-drop")) as server:
        assert campaign.send(server.url, 4).code == 3
    [doubt] = campaign.status()["in_doubt"]
    with SmtpServer() as server:
        assert campaign.send(server.url, 4, "--in-doubt", "resend").code == 0
        assert server.recipients == {VICTIM: 1}
        assert f"Message-ID: {doubt['message_id']}".encode() in server.messages[0]


def test_a_connection_lost_after_the_reply_does_no_harm(tmp_path, extensions):
    campaign = create_campaign(tmp_path, 6)
    with SmtpServer(lambda phase, _: "drop" if phase == "SENT" else None, extensions) as server:
        assert campaign.send(server.url, 6, "--connections", 2).code == 0
        assert set(server.recipients.values()) == {1}
    assert campaign.counts == {"sent": 6}


def test_a_connection_that_the_server_ends_between_messages_costs_no_attempt(tmp_path, extensions):
    campaign = create_campaign(tmp_path, 9)
    taken = []

    def script(phase, _):
        if phase == "SENT":
            taken.append(1)
        return (
            "421 4.7.0 enough"
            if phase == "MAIL" and len(taken) % 3 == 2 and taken.append(1) is None
            else None
        )

    with SmtpServer(script, extensions) as server:
        assert campaign.send(server.url, 9, "--connections", 1).code == 0
        assert len(server.recipients) == 9
    assert campaign.execute("select max(attempts) from klartekst_delivery") == [(1,)]


@pytest.mark.parametrize("phase", ["RCPT", "DOT"])
def test_after_the_last_attempt_a_delivery_is_given_up(tmp_path, phase):
    campaign = create_campaign(tmp_path, 2)
    with SmtpServer(fail_at(phase, "450 4.2.1 later")) as server:
        ended = campaign.send(server.url, 2, "--retry-after", 0.05, "--max-attempts", 3)
        assert ended.code == 0
    assert campaign.counts == {"sent": 1, "gave_up": 1}
    assert campaign.execute("select address, attempts from klartekst_delivery where state = 'gave_up'") == [
        (None, 3)
    ]


def test_a_refused_sender_stops_the_run_and_refuses_nobody(tmp_path, extensions):
    campaign = create_campaign(tmp_path, 30)
    with SmtpServer(fail_at("MAIL", "550 5.7.1 not you"), extensions) as server:
        ended = campaign.send(server.url, 30)
        assert ended.code == 2
        assert ended.err.count("\n") == 1
        assert not server.messages
    assert campaign.counts == {"pending": 30}
    assert campaign.execute("select max(attempts) from klartekst_delivery") == [(0,)]


@pytest.mark.parametrize("phase", ["DATA", "DOT"])
def test_twenty_refusals_in_a_row_are_about_the_letter(tmp_path, extensions, phase):
    campaign = create_campaign(tmp_path, 60)
    left = [25]

    def script(now, _):
        if now == phase:
            left[0] -= 1
            return None if left[0] >= 0 else "554 5.7.1 looks like spam"
        return None

    with SmtpServer(script, extensions) as server:
        ended = campaign.send(server.url, 60, "--connections", 1)
        assert ended.code == 2
        assert "refusals in a row" in ended.err
        assert len(server.messages) == 25
    assert campaign.counts == {"sent": 25, "pending": 35}
    assert campaign.execute("select count(*) from klartekst_delivery where address is null") == [(25,)]
    with SmtpServer() as server:
        assert campaign.send(server.url, 60).code == 0
        assert len(server.messages) == 35


@pytest.mark.parametrize("phase", ["DATA", "DOT"])
def test_a_letter_that_is_refused_from_the_start_refuses_nobody(tmp_path, phase):
    campaign = create_campaign(tmp_path, 60)
    with SmtpServer(lambda now, _: "554 5.7.1 spam" if now == phase else None) as server:
        assert campaign.send(server.url, 60).code == 2
    assert campaign.counts == {"pending": 60}
    assert campaign.execute("select count(*) from klartekst_delivery where address is null") == [(0,)]


def test_a_relay_that_accepts_no_recipient_refuses_nobody(tmp_path):
    campaign = create_campaign(tmp_path, 130)
    with SmtpServer(lambda phase, _: "554 5.7.1 relay access denied" if phase == "RCPT" else None) as server:
        assert campaign.send(server.url, 130).code == 2
    assert campaign.counts == {"pending": 130}


def test_a_success_between_refusals_makes_them_final(tmp_path):
    campaign = create_campaign(tmp_path, 60)
    with SmtpServer(
        lambda phase, who: "554 5.7.1 no" if phase == "DOT" and who[6:8] != "1@" else None
    ) as server:
        campaign.send(server.url, 60, "--connections", 1, "--only", "member5@example.no")
        assert campaign.execute("select state, address from klartekst_delivery where id = 6") == [
            ("refused", None)
        ]


def test_a_hundred_transient_failures_in_a_row_stop_the_run(tmp_path):
    campaign = create_campaign(tmp_path, 150)
    with SmtpServer(lambda phase, _: "451 4.3.0 later" if phase == "DOT" else None) as server:
        ended = campaign.send(server.url, 150)
        assert ended.code == 75
        assert "failures in a row" in ended.err
    assert campaign.counts == {"pending": 150}
    assert campaign.execute("select sum(attempts) from klartekst_delivery")[0][0] < 110


def test_fifty_dots_in_a_row_without_a_reply_stop_the_run(tmp_path):
    campaign = create_campaign(tmp_path, 80)
    with SmtpServer(lambda phase, _: "drop" if phase == "DOT" else None) as server:
        assert campaign.send(server.url, 80).code == 75
    assert 50 <= campaign.counts["in_doubt"] <= 54


def closed_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_refused_connection_means_try_later(campaign):
    ended = campaign.send(f"smtp://127.0.0.1:{closed_port()}", 3)
    assert ended.code == 75
    assert ended.err.count("\n") == 1
    assert campaign.counts == {"pending": 3}


@pytest.mark.parametrize(
    ("greeting", "told"),
    [
        ("421 4.3.2 busy", "greeting got reply 421"),
        ("554 no service", "greeting got reply 554"),
        ("garbage", "not an SMTP reply"),
        ("220-\r\n250 two", "not an SMTP reply"),
    ],
)
def test_a_missing_greeting_means_try_later(campaign, greeting, told):
    with SmtpServer(greeting=greeting) as server:
        ended = campaign.send(server.url, 3)
        assert ended.code == 75
        assert ended.err == f"{server.url}: no connection ({told}); try again later\n"
        assert not server.messages
    assert campaign.execute("select max(attempts) from klartekst_delivery") == [(0,)]


def test_fewer_connections_than_asked_for_suffice(tmp_path):
    campaign = create_campaign(tmp_path, 30)
    with SmtpServer() as server:
        serve, seen = server._serve, []

        def only_two(connected):
            seen.append(1)
            if len(seen) > 2:
                connected.sendall(b"421 4.7.0 too many connections\r\n")
                connected.close()
            else:
                serve(connected)

        server._serve = only_two
        assert campaign.send(server.url, 30, "--connections", 4).code == 0
        assert len(server.recipients) == 30


def test_sigterm_finishes_what_is_at_the_dot_and_releases_the_rest(tmp_path):
    campaign = create_campaign(tmp_path, 200)
    with SmtpServer(delay=0.05) as server:
        process = start_command(*campaign.send_arguments(server.url, 200, "--connections", 2))
        while len(server.messages) < 3:
            time.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        ended = wait_for(process)
        assert ended.code == 75
        assert "signal" in ended.err
        taken = len(server.messages)
    assert campaign.counts == {"sent": taken, "pending": 200 - taken}
    with SmtpServer() as server:
        assert campaign.send(server.url, 200).code == 0
        assert len(server.messages) == 200 - taken


def test_sigint_does_the_same(tmp_path):
    campaign = create_campaign(tmp_path, 200)
    with SmtpServer(delay=0.05) as server:
        process = start_command(*campaign.send_arguments(server.url, 200))
        while not server.messages:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        assert wait_for(process).code == 75
    assert set(campaign.counts) == {"sent", "pending"}
