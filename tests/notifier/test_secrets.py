"""No secret in any message, file or process list, whatever fails."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from common.errors import InputError
from notifier.connection_urls import parse_connection_url
from notifier.relay import parse_relay_url
from tests.notifier.canaries import (
    CANARY,
    COMMANDS,
    assert_nowhere,
    assert_one_line,
    build_arguments,
    build_environment,
)
from tests.notifier.cli import run_command, start_command, wait_for
from tests.notifier.smtp_server import SmtpServer

# Passwords with a character that must be encoded, and what would be quoted of each if it were not refused.
UNENCODED = [f"Aa{character}{CANARY}" for character in "@/:?#%[] "] + [
    f"Aa@x:{CANARY}",
    f"{CANARY}@",
    f"5432/{CANARY}",
    f"12?{CANARY}=",
    f"12#{CANARY}",
    f"{CANARY}%4",
    f"\u00e5\udce5{CANARY}",
    f"{CANARY}%00",
    f"{CANARY}%ff",
]
DATABASES = ["mysql+pymysql://u:{}@127.0.0.1/wp", "postgresql+psycopg://u:{}@127.0.0.1/d"]
RELAYS = ["smtp://u:{}@127.0.0.1", "smtps://u:{}@relay.example:465", "smtp+starttls://u:{}@relay.example"]


@pytest.mark.parametrize("password", UNENCODED)
@pytest.mark.parametrize("form", [*DATABASES, *RELAYS])
def test_a_password_with_an_unencoded_character_is_refused_without_being_repeated(form, password):
    with pytest.raises(InputError) as raised:
        parse_connection_url("--option", form.format(password), "URL")
    [line] = raised.value.lines
    assert CANARY not in line
    assert "%40 for @" in line or password.endswith(("%00", "%ff"))
    assert raised.value.__suppress_context__ or raised.value.__context__ is None


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("variable", ["KLARTEKST_LEDGER", "KLARTEKST_RECIPIENTS", "KLARTEKST_SMTP"])
@pytest.mark.parametrize("password", [f"Aa@x:{CANARY}", f"Aa@{CANARY}", f"Aa/{CANARY}", f"5432x{CANARY}#"])
def test_every_command_refuses_such_a_url_in_one_line(tmp_path, letter_files, command, variable, password):
    forms = RELAYS if variable == "KLARTEKST_SMTP" else DATABASES
    for form in forms:
        environment = build_environment(tmp_path, **{variable: form.format(password)})
        ended = run_command(*build_arguments(command, letter_files, tmp_path), **environment)
        assert_nowhere(ended, tmp_path)
        if "%40 for @" in ended.err:
            assert (ended.code, ended.err.count("\n")) == (2, 1)
        else:  # it does not use that URL
            assert (command, variable) not in {("send", variable), ("plan", "KLARTEKST_RECIPIENTS")}


WRONG_URLS = [
    f"mysql+pymysql://u:{CANARY}@127.0.0.1:5432x/wp",
    f"postgresql+psycopg://u:{CANARY}@127.0.0.1:5432x/d",
    f"postgresql+psycopg://u:{CANARY}@127.0.0.1:99999/d",
    f"postgresql+psycopg://u:{CANARY}@[::1/d",
    f"postgresql+psycopg://u:{CANARY}@a..b/d",
    f"postgresql+psycopg://u:{CANARY}@{'a' * 64}.no/d",
    f"postgresql+psycopg://u@127.0.0.1/d?password={CANARY}",
    f"postgresql+psycopg://u@127.0.0.1/d?{CANARY}=x",
    f"mysql+pymysql://u@127.0.0.1/d?passwd={CANARY}",
    f"mysql+pymysql://u@127.0.0.1/d?init_command={CANARY}",
    f"oracle://u:{CANARY}@127.0.0.1/d",
    f"postgresql+psycopg:/u:{CANARY}@127.0.0.1/d",
    f"u:{CANARY}@127.0.0.1/d",
    CANARY,
    f"sqlite://u:{CANARY}@127.0.0.1/d",
    f"sqlite:////nowhere.db?key={CANARY}",
]


@pytest.mark.parametrize("url", WRONG_URLS)
def test_a_wrong_url_is_one_line_that_does_not_quote_it(tmp_path, letter_files, url):
    for variable in ("KLARTEKST_LEDGER", "KLARTEKST_RECIPIENTS"):
        ended = run_command(
            *build_arguments("plan", letter_files, tmp_path), **build_environment(tmp_path, **{variable: url})
        )
        assert_one_line(ended)


@pytest.mark.parametrize(
    "url",
    [
        f"smtps://u:{CANARY}@relay.example:465x",
        f"smtps://u:{CANARY}@relay.example/path",
        f"smtps://u:{CANARY}@relay.example?x=y",
        f"smtp://u:{CANARY}@relay.example",
        f"ftp://u:{CANARY}@relay.example",
        f"smtps://u:{CANARY}@",
        f"smtps:u:{CANARY}@relay.example",
        f"smtps://u:{CANARY}\u00e5@relay.example",
        f"smtps://u:{CANARY}%C3%A5@relay.example",
    ],
)
def test_a_wrong_relay_is_one_line_that_does_not_quote_it(url):
    with pytest.raises(InputError) as raised:
        parse_relay_url(url)
    assert CANARY not in str(raised.value)


def test_encoded_characters_reach_the_server_as_they_are():
    encoded = "".join(f"%{ord(character):02X}" for character in "@/:?#%[] ")
    assert parse_connection_url("--x", f"smtps://u%40x:{encoded}+&=@h", "").password == "@/:?#%[] +&="
    url = parse_connection_url("--x", "postgresql+psycopg://u:p@[::1]:5432/d?sslmode=require&host=%2Frun", "")
    assert (url.user, url.host, url.port, url.name) == ("u", "::1", 5432, "d")
    assert url.query == {"sslmode": ("require",), "host": ("/run",)}
    assert "p@" not in repr(url)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    "option",
    [
        ["--ledger", f"postgresql+psycopg://u:{CANARY}@127.0.0.1/d"],
        [f"--ledger=postgresql+psycopg://u:{CANARY}@127.0.0.1/d"],
        ["--recipients", f"mysql+pymysql://u:{CANARY}@127.0.0.1/wp"],
        ["--recipients", f"mysql+pymysql://u:Aa@{CANARY}@127.0.0.1/wp"],
        ["--smtp", f"smtps://u:{CANARY}@relay.example"],
        ["--ledger", f"postgresql+psycopg://127.0.0.1/d?password={CANARY}"],
        ["--confirm", f"smtps://u:{CANARY}@relay.example"],
        [f"smtps://u:{CANARY}@relay.example"],
    ],
)
def test_a_password_on_the_command_line_is_refused_without_being_repeated(
    tmp_path, letter_files, command, option
):
    ended = run_command(
        *build_arguments(command, letter_files, tmp_path), *option, **build_environment(tmp_path)
    )
    assert_one_line(ended, code=(2,))
    assert "visible to every user" in ended.err
    assert not (tmp_path / "notify.db").exists()


@pytest.mark.parametrize("variable", ["LEDGER", "RECIPIENTS", "SMTP", "KEY"])
def test_a_secret_may_come_from_a_file(tmp_path, letter_files, variable, monkeypatch):
    with SmtpServer(login=("u", CANARY)) as server:
        smtp = f"smtp://u:{CANARY}@127.0.0.1:{server.port}"
        environment = build_environment(tmp_path, KLARTEKST_SMTP=smtp)
        name = f"KLARTEKST_{variable}"
        secret = letter_files.parent / "secret"
        secret.write_text(environment.pop(name) + "\n")
        monkeypatch.delenv(name, raising=False)
        environment[f"{name}_FILE"] = str(secret)
        ended = run_command(*build_arguments("send", letter_files, tmp_path), **environment)
        assert ended.code == 0, ended
        assert len(server.messages) == 3
    assert not (tmp_path / "notify.db.key").exists()
    assert_nowhere(ended, tmp_path)


@pytest.mark.parametrize("fault", ["missing", "a folder", "empty", "not UTF-8", "set twice"])
def test_a_file_of_a_secret_that_cannot_be_read_is_one_line(tmp_path, letter_files, fault):
    secret = tmp_path / "input" / f"{CANARY}-secret"
    if fault == "a folder":
        secret.mkdir()
    elif fault != "missing":
        secret.write_bytes({"empty": b" \n", "not UTF-8": b"\xff\xfe"}.get(fault, CANARY.encode()))
    environment = build_environment(tmp_path, KLARTEKST_SMTP_FILE=str(secret))
    if fault != "set twice":
        environment["KLARTEKST_SMTP"] = ""
    ended = run_command(*build_arguments("send", letter_files, tmp_path), **environment)
    assert_one_line(ended, code=(2,))
    assert "KLARTEKST_SMTP_FILE" in ended.err


@pytest.mark.parametrize("key", [" ", "\n\t"])
def test_an_empty_key_is_refused(tmp_path, letter_files, key):
    ended = run_command(
        *build_arguments("send", letter_files, tmp_path), **build_environment(tmp_path, KLARTEKST_KEY=key)
    )
    assert_one_line(ended, code=(2,))


def test_another_key_is_refused_without_being_repeated(tmp_path, letter_files):
    environment = build_environment(tmp_path)
    assert run_command(*build_arguments("send", letter_files, tmp_path), **environment).code == 75
    environment["KLARTEKST_KEY"] = f"another {CANARY}"
    for command in COMMANDS:
        ended = run_command(*build_arguments(command, letter_files, tmp_path), **environment)
        assert_one_line(ended, code=(2,))
        assert_nowhere(ended, tmp_path)


AUTH_REPLIES = ["535 5.7.8 no, u:", "454 4.7.0 later, ", "334 ", "500 "]


@pytest.mark.parametrize("reply", AUTH_REPLIES)
def test_a_relay_that_quotes_the_login_is_not_quoted(tmp_path, letter_files, reply):
    quoting = reply + CANARY
    with SmtpServer(lambda phase, _: quoting if phase == "AUTH" else None, login=("u", CANARY)) as server:
        smtp = f"smtp://u:{CANARY}@127.0.0.1:{server.port}"
        ended = run_command(
            *build_arguments("send", letter_files, tmp_path),
            **build_environment(tmp_path, KLARTEKST_SMTP=smtp),
        )
    assert ended.code in (2, 75)
    assert_nowhere(ended, tmp_path)


@pytest.mark.parametrize("phase", ["MAIL", "RCPT", "DATA", "DOT"])
@pytest.mark.parametrize("code", ["450 4.2.1", "550 5.1.1", "999", "250 2.0.0"])
def test_a_relay_that_quotes_secret_and_addressee_is_neither_printed_nor_stored(
    tmp_path, letter_files, phase, code
):
    reply = f"{code} <member1@example.no> {CANARY}"
    with SmtpServer(lambda now, _: reply if now == phase else None) as server:
        environment = build_environment(tmp_path, KLARTEKST_SMTP=server.url)
        ended = run_command(*build_arguments("send", letter_files, tmp_path), **environment)
    assert "@" not in ended.out + ended.err
    assert_nowhere(ended, tmp_path)


def test_a_header_that_is_an_addressee_is_not_quoted(tmp_path, letter_files):
    people = letter_files.parent / "people.csv"
    people.write_text("kari@example.no,nb\nola@example.no,en\n")
    ended = run_command(*build_arguments("plan", letter_files, tmp_path), **build_environment(tmp_path))
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert "kari" not in ended.err
    people.write_text("emial,language\n")
    ended = run_command(*build_arguments("plan", letter_files, tmp_path), **build_environment(tmp_path))
    assert ended.err.endswith("people.csv:1: no column email; rename column 1 of the header to email\n")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_bug_is_one_line_without_the_values_it_met(tmp_path, letter_files, command, monkeypatch):
    def fail(*_, **__):
        values = {}
        try:
            values[f"{CANARY} kari@example.no"]
        except LookupError as error:
            raise ValueError(f"{CANARY} kari@example.no") from error

    monkeypatch.setattr("notifier.database.open_database", fail)
    ended = run_command(*build_arguments(command, letter_files, tmp_path), **build_environment(tmp_path))
    assert_one_line(ended, code=(70,))
    assert "kari" not in ended.err
    assert re.search(r"internal error, please report it: ValueError after KeyError at .*/cli", ended.err)


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (
            OSError(28, "No space left on device", CANARY),
            75,
            "the disk is full; free some space and try again",
        ),
        (OSError(5, "Input/output error", CANARY), 70, "OSError (Input/output error)"),
        (ModuleNotFoundError("x", name="idna"), 70, "the package idna is missing; run: make -C "),
    ],
)
def test_a_fault_is_described_in_words_of_the_system(tmp_path, letter_files, monkeypatch, error, code, told):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr("notifier.database.open_database", fail)
    ended = run_command(*build_arguments("status", letter_files, tmp_path), **build_environment(tmp_path))
    assert_one_line(ended, code=(code,))
    assert told in ended.err


def test_a_reader_that_leaves_causes_no_line(tmp_path, letter_files):
    environment = build_environment(tmp_path)
    run_command(*build_arguments("send", letter_files, tmp_path), **environment)
    reading, writing = os.pipe()
    os.close(reading)
    process = start_command(*build_arguments("status", letter_files, tmp_path), **environment)
    process.communicate()
    entry = process.args
    done = subprocess.run(
        entry, stdout=writing, stderr=subprocess.PIPE, env={**os.environ, **environment}, check=False
    )
    os.close(writing)
    assert done.stderr == b""


def test_the_process_list_shows_no_secret(tmp_path, letter_files):
    """While a command waits for the relay."""
    seen = []

    def script(phase, _):
        if phase == "MAIL" and not seen:
            seen.append(Path(f"/proc/{process.pid}/cmdline").read_bytes())

    with SmtpServer(script, login=("u", CANARY)) as server:
        smtp = f"smtp://u:{CANARY}@127.0.0.1:{server.port}"
        environment = build_environment(tmp_path, KLARTEKST_SMTP=smtp)
        process = start_command(*build_arguments("send", letter_files, tmp_path), **environment)
        ended = wait_for(process)
    assert ended.code == 0, ended
    assert b"send" in seen[0]
    assert CANARY.encode() not in seen[0]
    assert_nowhere(ended, tmp_path)
