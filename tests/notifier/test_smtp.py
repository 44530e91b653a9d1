"""One SMTP connection, command by command, against a peer with prepared replies."""

import socket
import ssl
import time

import pytest

from notifier.replies import Envelope, NoValidReplyError, Phase, Reply, ReplyReader, Verdict
from notifier.smtp import SmtpConnection
from tests.notifier.tasks import run_task

TO = Envelope("f@x.no", "t@x.no")
ENVELOPE = b"MAIL FROM:<f@x.no>\r\nRCPT TO:<t@x.no>\r\nDATA\r\n"
WELL = b"250 2.1.0 sender\r\n250 2.1.5 recipient\r\n354 go\r\n"


class Peer:
    def __init__(self, *, pipelining=True, timeout=0.3):
        ours, self.socket = socket.socketpair()
        self.socket.settimeout(2)
        self.connection = SmtpConnection(ours, ReplyReader(), timeout, pipelining=pipelining, smtputf8=True)

    def send(self, octets):
        self.socket.sendall(octets)
        return self

    def received(self):
        self.socket.settimeout(0.05)
        try:
            return self.socket.recv(100_000)
        except TimeoutError:
            return b""

    def is_disconnected(self):
        try:
            return self.socket.recv(1) == b""
        except ConnectionResetError:  # a socket with unread data ends like this
            return True


@pytest.fixture
def peers():
    made = []

    def make(received=b"", **options):
        made.append(Peer(**options).send(received))
        return made[-1], made[-1].connection

    yield make
    for peer in made:
        peer.connection.close()
        peer.socket.close()


def test_a_connection_starts_open_with_nothing_sent(peers):
    _, connection = peers()
    assert (connection.is_open, connection.messages_sent, connection.smtputf8) == (True, 0, True)


def test_an_envelope_is_one_write_with_pipelining(peers):
    peer, connection = peers(WELL)
    assert run_task(connection.open_transaction(TO)) == Reply(Phase.DATA, 354)
    assert peer.received() == ENVELOPE


def test_an_envelope_is_sent_command_by_command_without_pipelining(peers):
    peer, connection = peers(WELL, pipelining=False)
    assert run_task(connection.open_transaction(TO)) == Reply(Phase.DATA, 354)
    assert peer.received() == ENVELOPE
    peer, connection = peers(b"250 ok\r\n550 5.1.1 no\r\n", pipelining=False)
    assert run_task(connection.open_transaction(TO)) == Reply(Phase.RCPT, 550, "5.1.1")
    assert peer.received() == ENVELOPE.removesuffix(b"DATA\r\n")
    assert connection.is_open


def test_the_first_failure_is_the_reply_and_the_transaction_is_reset(peers):
    peer, connection = peers(b"250 ok\r\n550 5.1.1 no\r\n503 5.5.1 what\r\n")
    assert run_task(connection.open_transaction(TO)) == Reply(Phase.RCPT, 550, "5.1.1")
    peer.received()
    peer.send(b"250 reset\r\n" + WELL)
    assert run_task(connection.open_transaction(TO)).verdict is Verdict.CONTINUE
    assert peer.received() == b"RSET\r\n" + ENVELOPE
    run_task(connection.write(b"x\r\n"))
    peer.send(b"250 2.0.0 taken\r\n" + WELL)
    run_task(connection.send_dot(TO))
    assert peer.received() == b"x\r\n.\r\n" + ENVELOPE  # one reset is enough


def test_data_granted_after_a_refusal_is_hung_up_on(peers):
    peer, connection = peers(b"250 ok\r\n550 5.1.1 no\r\n354 go\r\n")
    assert run_task(connection.open_transaction(TO)) == Reply(Phase.RCPT, 550, "5.1.1")
    assert not connection.is_open
    peer.received()
    assert peer.is_disconnected()


def test_the_next_envelope_is_in_the_same_write_as_the_dot(peers):
    peer, connection = peers(WELL)
    run_task(connection.open_transaction(TO))
    assert run_task(connection.write(b"body\r\n"))
    assert peer.received() == ENVELOPE + b"body\r\n"
    peer.send(b"250 2.0.0 taken\r\n" + WELL)
    assert run_task(connection.send_dot(TO)) == (Reply(Phase.DOT, 250, "2.0.0"), Reply(Phase.DATA, 354))
    assert peer.received() == b".\r\n" + ENVELOPE
    assert connection.messages_sent == 1
    peer.send(b"250 taken\r\n")
    assert run_task(connection.send_dot(None)) == (Reply(Phase.DOT, 250), None)
    assert peer.received() == b".\r\n"
    assert connection.messages_sent == 2


def test_the_dot_is_sent_alone_without_pipelining(peers):
    peer, connection = peers(WELL, pipelining=False)
    run_task(connection.open_transaction(TO))
    peer.received()
    peer.send(b"250 taken\r\n")
    assert run_task(connection.send_dot(TO)) == (Reply(Phase.DOT, 250), None)
    assert peer.received() == b".\r\n"


def test_a_connection_lost_at_the_dot_leaves_no_reply_to_the_next_envelope(peers):
    peer, connection = peers(WELL)
    run_task(connection.open_transaction(TO))
    peer.send(b"421 4.3.2 closing\r\n")
    assert run_task(connection.send_dot(TO)) == (Reply(Phase.DOT, 421, "4.3.2"), None)
    assert not connection.is_open


@pytest.mark.parametrize("received", [b"nonsense\r\n", b"250-and\r\n251 other\r\n", b"2" * 9000, b""])
def test_an_invalid_or_late_reply_counts_as_none(peers, received):
    _, connection = peers(received)
    assert run_task(connection.send_dot(None)) == (Reply(Phase.DOT, 0), None)
    assert not connection.is_open


def test_a_reply_may_come_in_pieces(peers):
    peer, connection = peers(b"250-2.0.0 one\r\n25")

    def rest():
        steps = connection.send_dot(None)
        next(steps)
        peer.send(b"0 two\r\n")
        return (yield from steps)

    assert run_task(rest()) == (Reply(Phase.DOT, 250, "2.0.0"), None)


def test_a_body_larger_than_any_buffer_arrives_whole(peers):
    peer, connection = peers(timeout=2)
    body = bytes(range(256)) * 20_000
    received = bytearray()

    def write():
        for wait in connection.write(body):
            received.extend(peer.socket.recv(1_000_000))
            yield wait
        return connection.is_open

    assert run_task(write())
    while len(received) < len(body):
        received.extend(peer.socket.recv(1_000_000))
    assert bytes(received) == body


def test_writing_to_a_server_that_reads_nothing_times_out(peers):
    _, connection = peers(timeout=0.2)
    assert not run_task(connection.write(b"x" * 10_000_000))
    assert not connection.is_open


def test_only_a_silent_server_gets_the_dot(peers):
    _, connection = peers()
    assert connection.close_unless_silent()
    assert connection.is_open
    for received in (b"250 early\r\n", b"\n"):
        peer, connection = peers(received)
        assert not connection.close_unless_silent()
        assert not connection.is_open
        assert peer.is_disconnected()


def test_an_unread_reply_is_not_silence(peers):
    peer, connection = peers(WELL + b"250 what\r\n")
    run_task(connection.open_transaction(TO))
    assert not connection.close_unless_silent()
    assert not connection.is_open
    peer.received()


def test_a_server_that_left_is_not_silent(peers):
    peer, connection = peers()
    peer.socket.close()
    assert not connection.close_unless_silent()
    _, connection = peers()
    connection._socket.close()
    assert not connection.close_unless_silent()


def test_quit_is_sent_between_messages_only(peers):
    peer, connection = peers(b"221 bye\r\n")
    run_task(connection.quit())
    assert peer.received() == b"QUIT\r\n"
    assert peer.is_disconnected()
    assert not connection.is_open
    peer, connection = peers(WELL)
    run_task(connection.open_transaction(TO))
    run_task(connection.quit())
    assert peer.received() == ENVELOPE
    assert not connection.is_open


def test_quit_is_sent_after_the_dot(peers):
    peer, connection = peers(WELL + b"250 taken\r\n221 bye\r\n")
    run_task(connection.open_transaction(TO))
    run_task(connection.send_dot(None))
    run_task(connection.quit())
    assert peer.received().endswith(b".\r\nQUIT\r\n")


def test_no_quit_is_sent_on_a_closed_connection(peers):
    peer, connection = peers()
    connection.close()
    run_task(connection.quit())
    assert peer.is_disconnected()


@pytest.mark.parametrize("step", ["open", "write", "dot"])
@pytest.mark.parametrize("pipelining", [True, False])
def test_a_lost_connection_shows_at_every_step(peers, step, pipelining):
    _, connection = peers(pipelining=pipelining)
    connection._socket.close()
    steps = {
        "open": lambda: connection.open_transaction(TO),
        "write": lambda: connection.write(b"x"),
        "dot": lambda: connection.send_dot(TO),
    }
    received = {"open": Reply(Phase.MAIL, 0), "write": False, "dot": (Reply(Phase.DOT, 0), None)}
    assert run_task(steps[step]()) == received[step]
    assert (connection.is_open, connection.messages_sent) == (False, 0)


def test_a_task_waits_for_what_its_socket_needs(peers):
    _, connection = peers()
    errors = {"read": ssl.SSLWantReadError(), "write": ssl.SSLWantWriteError(), "plain": BlockingIOError()}
    waits = {name: next(connection._wait_ready(one, 2, time.monotonic() + 9)) for name, one in errors.items()}
    assert {name: wait.events for name, wait in waits.items()} == {"read": 1, "write": 2, "plain": 2}
    assert next(connection._wait_ready(errors["plain"], 1, time.monotonic() + 9)).events == 1
    assert all(wait.socket is connection._socket for wait in waits.values())
    with pytest.raises(NoValidReplyError):
        next(connection._wait_ready(errors["plain"], 1, time.monotonic()))


# Parsing replies (RFC 5321 section 4.2)

REPLIES = [
    (b"250 ok\r\n", [(250, b"ok")]),
    (b"250\r\n", [(250, b"")]),
    (b"250 \n", [(250, b"")]),
    (b"250-one\r\n250-\r\n250 two\r\n354 go\r\n", [(250, b"one\n\ntwo"), (354, b"go")]),
    (b"250 a\r\n251-b", [(250, b"a")]),
    (b"", []),
    (b"5" * 8192, []),
    (b"250-x\r\n" * 127 + b"250 y\r\n", [(250, b"\n".join([b"x"] * 127 + [b"y"]))]),
]


def read_all(replies):
    found = []
    while reply := replies.next_reply():
        found.append(reply)
    return found


@pytest.mark.parametrize(("received", "parsed"), REPLIES)
def test_replies_are_separated(received, parsed):
    replies = ReplyReader()
    replies.unread = received
    assert read_all(replies) == parsed


@pytest.mark.parametrize(("received", "parsed"), REPLIES[:4])
def test_replies_are_parsed_octet_by_octet(received, parsed):
    replies = ReplyReader()
    found = []
    for number in range(len(received)):
        replies.feed(received[number : number + 1])
        found += read_all(replies)
    assert found == parsed


@pytest.mark.parametrize(
    ("received", "message"),
    [
        (b"what\r\n", "not an SMTP reply"),
        (b"650 ok\r\n", "not an SMTP reply"),
        (b"2500 ok\r\n", "not an SMTP reply"),
        (b"250-a\r\n251 b\r\n", "not an SMTP reply"),
        (b"5" * 8193, "the line is too long"),
        (b"250-x\r\n" * 128, "the reply has too many lines"),
    ],
)
def test_an_invalid_or_endless_reply_is_an_error(received, message):
    replies = ReplyReader()
    replies.feed(received)
    with pytest.raises(NoValidReplyError, match=message):
        replies.next_reply()


def test_the_end_of_a_connection_is_an_error():
    with pytest.raises(NoValidReplyError, match="closed"):
        ReplyReader().feed(b"")
