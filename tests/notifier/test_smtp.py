"""The line to the relay: encrypted and verified off this machine, and never taken at its word too early."""

import select
import socket
import ssl
import threading

import pytest

from notifier import relay, smtp
from notifier.answers import Answer, Envelope, Phase, Verdict
from notifier.errors import InputError, UnreachableError
from notifier.replies import Replies
from notifier.session import Link, Session
from tests.notifier import front_door, servers
from tests.notifier.front_door import done
from tests.notifier.sink import Sink


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    servers.need("openssl", "openssl")
    return front_door.certificate(tmp_path_factory.mktemp("tls"), "IP:127.0.0.1")


def tls_sink(certificate, **options):
    return Sink(tls=front_door.server_context(certificate), **options)


@pytest.mark.parametrize(("scheme", "implicit"), [("smtp+starttls", False), ("smtps", True)])
def test_an_encrypted_line_is_verified_against_the_given_authority(tmp_path, certificate, scheme, implicit):
    campaign = front_door.campaign(tmp_path, 12)
    with tls_sink(certificate, implicit_tls=implicit, login=("job", "hemmelig")) as sink:
        url = sink.url.replace("smtp://", f"{scheme}://job:hemmelig@")
        unknown = campaign.send(url, 12)
        assert unknown.code == 75
        assert "certificate" in unknown.err
        assert campaign.send(url, 12, "--ca", certificate).code == 0
        assert len(sink.recipients) == 12
        first = sink.commands.index("STARTTLS") if not implicit else 0
        assert all("MAIL" not in command and "AUTH" not in command for command in sink.commands[:first])


def test_a_certificate_for_another_name_is_refused(tmp_path):
    campaign = front_door.campaign(tmp_path, 1)
    other = front_door.certificate(tmp_path, "DNS:other.example")
    with tls_sink(other, implicit_tls=True) as sink:
        ended = campaign.send(sink.url.replace("smtp:", "smtps:"), 1, "--ca", other)
        assert ended.code == 75
        assert not sink.messages


def test_a_greeting_that_comes_drop_by_drop_has_no_longer_than_another():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        wire = smtp._Wire(ours, "here", timeout=0.3)

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


def test_starttls_that_was_stripped_is_missed(tmp_path, certificate):
    campaign = front_door.campaign(tmp_path, 1)
    with Sink() as sink:
        ended = campaign.send(sink.url.replace("smtp:", "smtp+starttls:"), 1, "--ca", certificate)
        assert ended.code == 75
        assert "STARTTLS" in ended.err
        assert not any(command.startswith(("MAIL", "AUTH")) for command in sink.commands)


@pytest.mark.parametrize("said", ["454 4.7.0 not now", "220 go\r\n250 and in the clear", "drop"])
def test_starttls_that_goes_wrong_ends_there(certificate, said):
    with tls_sink(certificate, script=lambda phase, _: said if phase == "STARTTLS" else None) as sink:
        to = relay.read(sink.url.replace("smtp:", "smtp+starttls:"), certificate)
        with pytest.raises(UnreachableError):
            smtp.connect(to, 2)


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("smtp://relay.example", "this machine only"),
        ("smtp://10.0.0.1:25", "this machine only"),
        ("http://localhost", "must begin"),
        ("smtp://localhost:port", "not a URL"),
        ("smtps://", "SCHEME"),
        ("smtps://relay.example/path", "SCHEME"),
        ("smtps://user@relay.example", "needs a password"),
    ],
)
def test_a_relay_that_is_no_safe_place_is_refused(url, complaint):
    with pytest.raises(InputError, match=complaint):
        relay.read(url)


def test_a_missing_authority_is_one_line(tmp_path):
    with pytest.raises(InputError, match="--ca"):
        relay.read("smtps://relay.example", tmp_path / "none.pem")


def test_localhost_that_leads_elsewhere_is_noticed():
    with pytest.raises(OSError, match="off this machine"):
        relay.read("smtp://localhost").check_peer("192.0.2.1")


def test_secrets_are_in_no_repr():
    assert "hemmelig" not in repr(relay.read("smtps://job:hemmelig@relay.example"))


@pytest.mark.parametrize(
    ("said", "error"),
    [("535 5.7.8 no", InputError), ("454 4.7.0 later", UnreachableError), ("drop", UnreachableError)],
)
def test_a_login_that_fails(said, error):
    with (
        Sink(lambda phase, _: said if phase == "AUTH" else None, login=("a", "b")) as sink,
        pytest.raises(error),
    ):
        smtp.connect(relay.read(sink.url.replace("//", "//a:b@")), 2)


def test_a_login_that_is_not_offered():
    with Sink() as sink, pytest.raises(InputError, match="AUTH"):
        smtp.connect(relay.read(sink.url.replace("//", "//a:b@")), 2)


def test_the_own_name_is_an_address_literal_also_in_version_six():
    try:
        with Sink(host="::1") as sink:
            session = smtp.connect(relay.read(f"smtp://[::1]:{sink.port}"), 2)
            done(session.quit())
            assert sink.commands == ["ehlo [IPv6:::1]", "QUIT"]
    except OSError:
        pytest.skip("no IPv6 here")


def session_with(sink):
    return smtp.connect(relay.read(sink.url), 2)


TO = Envelope("a@x.no", "b@x.no")


def test_data_granted_without_a_recipient_is_hung_up_on():
    with Sink(lambda phase, _: "550 5.1.1 no" if phase == "RCPT" else None) as sink:
        session = session_with(sink)
        dialogue = "354 go ahead"
        sink.no_recipient = dialogue
        assert done(session.open(TO)).verdict is Verdict.REFUSED
        assert not session.alive


def test_after_a_refusal_the_connection_is_reset_and_kept():
    refusals = ["550 5.1.1 no"]
    with Sink(lambda phase, _: refusals.pop() if phase == "RCPT" and refusals else None) as sink:
        session = session_with(sink)
        assert done(session.open(TO)).verdict is Verdict.REFUSED
        assert done(session.open(TO)).verdict is Verdict.GO_ON
        assert "RSET" in sink.commands
        done(session.quit())
        assert sink.commands[-1] == "DATA"


def test_words_before_the_dot_mean_no_dot():
    with Sink() as sink:
        session = session_with(sink)
        assert done(session.open(TO)).verdict is Verdict.GO_ON
        assert session.silent()
        sink.shout(b"250 already\r\n")
        select.select([session._socket], [], [], 60)
        assert not session.silent()
        assert not session.alive


def test_what_tls_says_for_itself_is_no_word_of_the_server(certificate):
    with tls_sink(certificate, implicit_tls=True, delay=5) as sink:
        to = relay.read(sink.url.replace("smtp:", "smtps:"), certificate)
        encrypted = to.encrypt(socket.create_connection((to.host, to.port)))
        session = Session(Link(encrypted, Replies(), timeout=60, pipelining=True, smtputf8=True))
        # Before its greeting the server has said nothing but session tickets (RFC 8446 §4.6.1).
        assert select.select([encrypted], [], [], 60)[0]
        assert session.silent()
        assert session.alive
        while session.silent():
            select.select([encrypted], [], [], 2)  # until its greeting comes
        assert not session.alive


def test_a_line_that_is_gone_says_so_at_every_step():
    for step in ("open", "write", "dot"):
        with Sink() as sink:
            session = session_with(sink)
            session._socket.close()
            said = done(
                {
                    "open": session.open(TO),
                    "write": session.write(b"x"),
                    "dot": session.dot(None),
                }[step]
            )
            assert said in (False, Answer(Phase.MAIL, 0), (Answer(Phase.DOT, 0), None))
            assert not session.alive
            done(session.quit())


def test_a_plain_server_that_leaves_between_commands():
    with Sink(extensions=()) as sink:
        session = session_with(sink)
        session._socket.close()
        assert done(session.open(TO)) == Answer(Phase.MAIL, 0)


def test_a_server_that_knows_no_ehlo_is_for_later():
    with Sink() as sink:
        sink.refuse_ehlo = True
        with pytest.raises(UnreachableError, match="EHLO"):
            smtp.connect(relay.read(sink.url), 2)


def test_contexts_are_strict():
    context = relay.read("smtps://relay.example").tls
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname
