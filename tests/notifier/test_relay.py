"""Connecting to the relay: encrypted and verified, except on this machine."""

import binascii
import select
import smtplib
import socket
import ssl
import threading

import pytest

from common.errors import InputError
from notifier.relay import UnreachableError, _Client, _describe, connect, parse_relay_url
from notifier.replies import Envelope, NoValidReplyError, Phase, Reply, ReplyReader, Verdict
from notifier.smtp import SmtpConnection
from tests.notifier import servers
from tests.notifier.factories import create_campaign, create_certificate, server_tls_context
from tests.notifier.smtp_server import SmtpServer
from tests.notifier.tasks import run_task


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    servers.need("openssl", "openssl")
    return create_certificate(tmp_path_factory.mktemp("tls"), "IP:127.0.0.1")


def tls_server(certificate, **options):
    return SmtpServer(tls=server_tls_context(certificate), **options)


@pytest.mark.parametrize(("scheme", "implicit"), [("smtp+starttls", False), ("smtps", True)])
def test_a_certificate_is_verified_against_the_given_authority(tmp_path, certificate, scheme, implicit):
    campaign = create_campaign(tmp_path, 12)
    with tls_server(certificate, implicit_tls=implicit, login=("job", "hemmelig")) as server:
        url = server.url.replace("smtp://", f"{scheme}://job:hemmelig@")
        unknown = campaign.send(url, 12)
        assert unknown.code == 75
        assert "certificate" in unknown.err
        assert campaign.send(url, 12, "--ca", certificate).code == 0
        assert len(server.recipients) == 12
        first = server.commands.index("STARTTLS") if not implicit else 0
        assert all("MAIL" not in command and "AUTH" not in command for command in server.commands[:first])


def test_a_certificate_for_another_name_is_refused(tmp_path):
    campaign = create_campaign(tmp_path, 1)
    other = create_certificate(tmp_path, "DNS:other.example")
    with tls_server(other, implicit_tls=True) as server:
        ended = campaign.send(server.url.replace("smtp:", "smtps:"), 1, "--ca", other)
        assert ended.code == 75
        assert not server.messages


def test_a_greeting_sent_slowly_gets_no_more_time():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        wire = _Client(ours, "here", timeout=0.3)

        over = threading.Event()

        def drip():
            while not over.wait(0.05):
                theirs.sendall(b"2")

        thread = threading.Thread(target=drip)
        thread.start()
        with pytest.raises(OSError, match=r"no reply in time|timed out"):
            wire.getreply()
        over.set()
        thread.join()


def test_a_greeting_after_the_deadline_is_none(monkeypatch):
    clock = iter([0, 1])
    monkeypatch.setattr("notifier.relay.monotonic", lambda: next(clock))
    ours, theirs = socket.socketpair()
    with ours, theirs, pytest.raises(NoValidReplyError, match="no reply in time"):
        _Client(ours, "here", timeout=1).getreply()


def test_a_stripped_starttls_is_noticed(tmp_path, certificate):
    campaign = create_campaign(tmp_path, 1)
    with SmtpServer() as server:
        ended = campaign.send(server.url.replace("smtp:", "smtp+starttls:"), 1, "--ca", certificate)
        assert ended.code == 75
        assert "STARTTLS" in ended.err
        assert not any(command.startswith(("MAIL", "AUTH")) for command in server.commands)


@pytest.mark.parametrize("said", ["454 4.7.0 not now", "220 go\r\n250 and in the clear", "drop"])
def test_a_failed_starttls_ends_the_connection(certificate, said):
    with tls_server(certificate, script=lambda phase, _: said if phase == "STARTTLS" else None) as server:
        to = parse_relay_url(server.url.replace("smtp:", "smtp+starttls:"), certificate)
        with pytest.raises(UnreachableError):
            connect(to, 2)


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("smtp://relay.example", "this machine only"),
        ("smtp://10.0.0.1:25", "this machine only"),
        ("http://localhost", "must begin"),
        ("smtp://localhost:port", "not a valid URL"),
        ("smtps://", "nothing after it"),
        ("smtps://relay.example/path", "nothing after it"),
        ("smtps://user@relay.example", "needs a password"),
        ("smtps://user:%C3%A5@relay.example", "ASCII"),
    ],
)
def test_an_unsafe_relay_url_is_refused(url, complaint):
    with pytest.raises(InputError, match=complaint):
        parse_relay_url(url)


def test_a_missing_authority_is_one_line(tmp_path):
    with pytest.raises(InputError, match="--ca"):
        parse_relay_url("smtps://relay.example", tmp_path / "none.pem")


def test_a_localhost_that_resolves_to_another_machine_is_noticed():
    with pytest.raises(OSError, match="another machine"):
        parse_relay_url("smtp://localhost").check_peer("192.0.2.1")


def test_secrets_are_in_no_repr():
    assert "hemmelig" not in repr(parse_relay_url("smtps://job:hemmelig@relay.example"))


@pytest.mark.parametrize(
    ("said", "error"),
    [("535 5.7.8 no", InputError), ("454 4.7.0 later", UnreachableError), ("drop", UnreachableError)],
)
def test_a_failed_login(said, error):
    with (
        SmtpServer(lambda phase, _: said if phase == "AUTH" else None, login=("a", "b")) as server,
        pytest.raises(error),
    ):
        connect(parse_relay_url(server.url.replace("//", "//a:b@")), 2)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(111, "Connection\nrefused"), "Connection refused"),
        (TimeoutError("timed out"), "timed out"),
        (NoValidReplyError("not an SMTP reply"), "not an SMTP reply"),
        (smtplib.SMTPException("whatever it quotes"), "no reply that SMTP allows"),
        (smtplib.SMTPHeloError(500, b"whatever it quotes"), "no reply that SMTP allows"),
        (binascii.Error("whatever it quotes"), "no reply that SMTP allows"),
    ],
)
def test_an_error_is_described_without_quoting_the_server(error, told):
    assert _describe(error) == told


def test_a_login_that_is_not_offered():
    with SmtpServer() as server, pytest.raises(InputError, match="AUTH"):
        connect(parse_relay_url(server.url.replace("//", "//a:b@")), 2)


def has_ipv6_loopback() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


# Asked beforehand, so that a connection that fails is a failure and not a skip.
@pytest.mark.skipif(not has_ipv6_loopback(), reason="this machine has no IPv6 loopback address")
def test_ehlo_names_an_address_literal_also_for_ipv6():
    with SmtpServer(host="::1") as server:
        connection = connect(parse_relay_url(f"smtp://[::1]:{server.port}"), 2)
        run_task(connection.quit())
        assert server.commands == ["ehlo [IPv6:::1]", "QUIT"]


def connect_to(server):
    return connect(parse_relay_url(server.url), 2)


TO = Envelope("a@x.no", "b@x.no")


def test_a_server_that_accepts_data_without_a_recipient_is_disconnected():
    with SmtpServer(lambda phase, _: "550 5.1.1 no" if phase == "RCPT" else None) as server:
        connection = connect_to(server)
        dialogue = "354 go ahead"
        server.no_recipient = dialogue
        assert run_task(connection.open_transaction(TO)).verdict is Verdict.REFUSED
        assert not connection.is_open


def test_after_a_refusal_the_connection_is_reset_and_kept():
    refusals = ["550 5.1.1 no"]
    with SmtpServer(lambda phase, _: refusals.pop() if phase == "RCPT" and refusals else None) as server:
        connection = connect_to(server)
        assert run_task(connection.open_transaction(TO)).verdict is Verdict.REFUSED
        assert run_task(connection.open_transaction(TO)).verdict is Verdict.CONTINUE
        assert "RSET" in server.commands
        run_task(connection.quit())
        assert server.commands[-1] == "DATA"


def test_a_server_that_speaks_before_the_dot_gets_no_dot():
    with SmtpServer() as server:
        connection = connect_to(server)
        assert run_task(connection.open_transaction(TO)).verdict is Verdict.CONTINUE
        assert connection.close_unless_silent()
        server.shout(b"250 already\r\n")
        select.select([connection._socket], [], [], 60)
        assert not connection.close_unless_silent()
        assert not connection.is_open


@pytest.mark.long
def test_tls_session_tickets_do_not_break_the_silence(certificate):
    with tls_server(certificate, implicit_tls=True, delay=5) as server:
        to = parse_relay_url(server.url.replace("smtp:", "smtps:"), certificate)
        encrypted = to.encrypt(socket.create_connection((to.host, to.port)))
        connection = SmtpConnection(encrypted, ReplyReader(), 60, pipelining=True, smtputf8=True)
        # Before its greeting the server has sent only session tickets (RFC 8446 section 4.6.1).
        assert select.select([encrypted], [], [], 60)[0]
        assert connection.close_unless_silent()
        assert connection.is_open
        while connection.close_unless_silent():
            select.select([encrypted], [], [], 2)  # until its greeting comes
        assert not connection.is_open


def test_a_lost_connection_shows_at_every_step():
    for step in ("open", "write", "dot"):
        with SmtpServer() as server:
            connection = connect_to(server)
            connection._socket.close()
            said = run_task(
                {
                    "open": connection.open_transaction(TO),
                    "write": connection.write(b"x"),
                    "dot": connection.send_dot(None),
                }[step]
            )
            assert said in (False, Reply(Phase.MAIL, 0), (Reply(Phase.DOT, 0), None))
            assert not connection.is_open
            run_task(connection.quit())


def test_a_server_without_pipelining_that_leaves_between_commands():
    with SmtpServer(extensions=()) as server:
        connection = connect_to(server)
        connection._socket.close()
        assert run_task(connection.open_transaction(TO)) == Reply(Phase.MAIL, 0)


def test_a_server_without_ehlo_means_try_later():
    with SmtpServer() as server:
        server.refuse_ehlo = True
        with pytest.raises(UnreachableError, match="EHLO"):
            connect(parse_relay_url(server.url), 2)


def test_tls_contexts_verify_certificates():
    context = parse_relay_url("smtps://relay.example").tls
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname
