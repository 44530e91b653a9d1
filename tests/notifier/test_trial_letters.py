"""A test copy is the letter, marked as a test, and leaves no trace in a ledger."""

import re
from email import policy
from email.parser import BytesParser

import pytest

from notifier.letters import load_letter
from notifier.smtp import SmtpConnection
from notifier.trial_letters import mark_subject
from tests.helpers.ports import free_port
from tests.notifier.canaries import CANARY, assert_one_line
from tests.notifier.cli import run_command
from tests.notifier.factories import write_letter
from tests.notifier.smtp_server import SmtpServer


@pytest.fixture
def letter(tmp_path):
    return write_letter(tmp_path / "letters" / "2.0")


def parse(message: bytes):
    return BytesParser(policy=policy.default).parsebytes(message)


def test_a_copy_in_each_language_goes_to_each_address(letter, server, tmp_path):
    ended = run_command(
        "test", "--letter", letter, "--smtp", server.url, "--to", "a@example.no", "--to", "b@example.no"
    )
    assert (ended.code, ended.out, ended.err) == (0, "4 test copies sent\n", "")
    messages = [(recipient, parse(message)) for recipient, message in server.accepted]
    assert [(recipient, message["Subject"]) for recipient, message in messages] == [
        (address, subject)
        for address in ("a@example.no", "b@example.no")
        for subject in ("[prøve] Endringer i personvernerklæringen", "[test] Changes")
    ]
    identifiers = {message["Message-ID"] for _, message in messages}
    assert len(identifiers) == 4
    assert all(re.fullmatch(r"<test-[0-9a-f]{40}@dinbedrift\.example>", one) for one in identifiers)
    assert [path.name for path in tmp_path.iterdir()] == ["letters"]


def test_nothing_but_the_subject_differs_from_the_letter(letter, server):
    run_command("test", "--letter", letter, "--smtp", server.url, "--to", "a@example.no")
    sent = server.accepted[0][1]
    body = sent[sent.index(b"\r\n\r\n") :]
    original = (letter / "nb.eml").read_bytes()
    assert body == original[original.index(b"\r\n\r\n") :]
    copy, first = parse(sent), parse(original)
    differing = {"Subject", "To", "Date", "Message-ID"}
    assert {name: value for name, value in copy.items() if name not in differing} == {
        name: value for name, value in first.items() if name != "Subject"
    }


@pytest.mark.parametrize(
    "subject",
    [
        "Endringer",
        "Personvernerklæring: endringer fra 22. desember 2026, " * 4,
        "=?utf-8?q?=0A?= something",
        "word" * 40,
    ],
)
@pytest.mark.parametrize("language", ["nb", "nn", "en", "xx"])
def test_every_subject_gets_one_mark(tmp_path, subject, language):
    folder = write_letter(tmp_path / "2.0")
    template = load_letter(folder).templates["nb"]
    before = parse(template.dot_stuffed_body)
    marked = parse(mark_subject(template, language).dot_stuffed_body)
    mark = {"nb": "[prøve]", "nn": "[prøve]"}.get(language, "[test]")
    assert marked.get_all("Subject") == [f"{mark} {before['Subject']}"]
    assert subject


@pytest.mark.parametrize(
    "address", ["a", "a@b@c", "a@example.no, b@example.no", "a b@example.no", "\n@x.no", "a@-.no"]
)
def test_a_test_goes_to_addresses_only(letter, server, address):
    ended = run_command("test", "--letter", letter, "--smtp", server.url, "--to", address)
    assert (ended.code, ended.err.startswith("--to: ")) == (2, True)
    assert not server.accepted


@pytest.mark.parametrize(
    ("phase", "reply", "code"),
    [
        ("MAIL", "550 5.7.1 no", 2),
        ("RCPT", "550 5.1.1 no", 2),
        ("RCPT", "450 4.2.1 later", 75),
        ("DOT", "554 5.7.1 no", 2),
        ("DATA", "drop", 75),
        ("DOT", "drop", 75),
    ],
)
def test_a_copy_that_the_relay_does_not_accept_is_named_without_its_words(letter, phase, reply, code):
    with SmtpServer(lambda now, _: reply if now == phase else None) as server:
        ended = run_command("test", "--letter", letter, "--smtp", server.url, "--to", "a@example.no")
    assert (ended.code, ended.out) == (code, "")
    assert ended.err.startswith("the relay did not accept the test copy (")
    assert "a@example.no" not in ended.err


@pytest.mark.parametrize(("extensions", "code"), [(("SMTPUTF8", "8BITMIME"), 0), ((), 2)])
def test_an_address_that_is_not_ascii_needs_a_relay_that_takes_it(letter, extensions, code):
    with SmtpServer(extensions=extensions) as server:
        ended = run_command("test", "--letter", letter, "--smtp", server.url, "--to", "blå@example.no")
    assert (ended.code, len(server.accepted)) == (code, 0 if code else 2)


def test_a_connection_that_is_lost_before_the_dot_is_tried_again(letter, server, monkeypatch):
    monkeypatch.setattr(SmtpConnection, "close_unless_silent", lambda _: False)
    ended = run_command("test", "--letter", letter, "--smtp", server.url, "--to", "a@example.no")
    assert (ended.code, "the connection to the relay was lost" in ended.err) == (75, True)
    assert not server.accepted


def test_a_damaged_letter_is_not_tested(letter, server):
    (letter / "nb.eml").write_bytes(b"changed")
    ended = run_command("test", "--letter", letter, "--smtp", server.url, "--to", "a@example.no")
    assert (ended.code, "does not match letter.json" in ended.err) == (2, True)


def test_a_refused_login_is_told_without_the_password(letter):
    with SmtpServer(
        lambda phase, _: "535 5.7.8 no" if phase == "AUTH" else None, login=("u", CANARY)
    ) as server:
        smtp = f"smtp://u:{CANARY}@127.0.0.1:{server.port}"
        ended = run_command("test", "--letter", letter, "--to", "a@example.no", KLARTEKST_SMTP=smtp)
    assert_one_line(ended, code=(2,))


def test_a_relay_that_is_gone_is_tried_again_later(letter):
    ended = run_command(
        "test", "--letter", letter, "--smtp", f"smtp://127.0.0.1:{free_port()}", "--to", "a@example.no"
    )
    assert ended.code == 75
