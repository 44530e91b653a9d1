"""Failures of databases are told apart in words of ours: those of drivers quote logins and values."""

import socket
import sqlite3
import threading

import pytest

from tests.helpers.ports import free_port
from tests.notifier.canaries import CANARY, assert_one_line, build_arguments, build_environment
from tests.notifier.cli import run_command


class HostileDatabase:
    """A server that answers whoever connects with the greeting or error that a driver would quote."""

    def __init__(self, greeting: bytes) -> None:
        self._greeting = greeting
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def _serve(self):
        while True:
            try:
                connected, _ = self._listener.accept()
            except OSError:
                return
            with connected:
                connected.sendall(self._greeting)
                connected.settimeout(1)
                try:
                    while connected.recv(4096):
                        pass
                except OSError:
                    pass


def _mysql_error(number: int, text: str) -> bytes:
    payload = b"\xff" + number.to_bytes(2, "little") + b"#28000" + text.encode()
    return len(payload).to_bytes(3, "little") + b"\0" + payload


def _postgresql_error(code: str, text: str) -> bytes:
    fields = b"SFATAL\0VFATAL\0C" + code.encode() + b"\0M" + text.encode() + b"\0\0"
    return b"N" + b"E" + (len(fields) + 4).to_bytes(4, "big") + fields


HOSTILE = [
    _mysql_error(1045, f"Access denied for 'u' using {CANARY}"),
    _mysql_error(9999, f"kari@example.no {CANARY}"),
    f"HTTP/1.1 400 {CANARY}\r\n\r\n".encode(),
    b"\n" + b"\0\0\0\x0a" + CANARY.encode(),
    b"",
    _postgresql_error("28P01", f"password authentication failed: {CANARY}"),
    _postgresql_error("XX000", f"kari@example.no {CANARY}"),
]


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("greeting", HOSTILE)
@pytest.mark.parametrize("driver", ["mysql+pymysql", "postgresql+psycopg"])
def test_what_a_database_says_is_not_printed(tmp_path, letter_files, driver, greeting):
    with HostileDatabase(greeting) as server:
        url = f"{driver}://u:{CANARY}@127.0.0.1:{server.port}/d"
        url += "?sslmode=disable" if driver.startswith("postgresql") and greeting[:1] == b"N" else ""
        variables = ["KLARTEKST_RECIPIENTS"] + ["KLARTEKST_LEDGER"] * driver.startswith("postgresql")
        for variable in variables:
            ended = run_command(
                *build_arguments("plan", letter_files, tmp_path),
                **build_environment(tmp_path, **{variable: url}),
            )
            assert_one_line(ended, code=(2, 75))
            assert "kari" not in ended.err


def test_failures_of_postgresql_are_told_apart(tmp_path, letter_files, postgresql):
    url = postgresql.database()
    name = url.rpartition("/")[2]
    postgresql.sql(f"CREATE ROLE guest LOGIN PASSWORD '{CANARY}'", name)
    postgresql.sql("CREATE TABLE members (email text); INSERT INTO members VALUES ('kari@x.no')", name)
    server = f"127.0.0.1:{postgresql.port}"
    query = letter_files.parent / "query.sql"
    cases = {
        f"postgresql+psycopg://nobody:{CANARY}@{server}/{name}": ("SELECT 1", "refused the login"),
        f"postgresql+psycopg://postgres:{CANARY}@{server}/other": ("SELECT 1", "does not exist"),
        f"postgresql+psycopg://guest:{CANARY}@{server}/{name}": ("SELECT email FROM members", "permission"),
        f"postgresql+psycopg://u:{CANARY}@127.0.0.1:{free_port()}/d": ("SELECT 1", "cannot be reached"),
        f"{url}?sslmode=verify-full": ("SELECT 1", "encryption"),
        url: ("SELECT email FROM strangers", "has no table"),
        f"{url}?": ("SELECT mail AS email FROM members", "has no column"),
        f"{url}?sslmode=prefer": ("SELEKT", "cannot run the query"),
        f"{url}?gssencmode=disable": ("SELECT email::int AS email FROM members", "cannot run the query"),
    }
    for location, (sql, told) in cases.items():
        query.write_text(sql)
        environment = build_environment(tmp_path, KLARTEKST_RECIPIENTS=location)
        ended = run_command(*build_arguments("plan", letter_files, tmp_path), "--query", query, **environment)
        assert_one_line(ended)
        assert told in ended.err
        assert not any(word in ended.err for word in ("kari", "guest", "nobody", "strangers", name))
    postgresql.sql("DROP ROLE guest", name)


def test_failures_of_mariadb_are_told_apart(tmp_path, letter_files, mariadb):
    mariadb.sql(
        "CREATE DATABASE secrets; CREATE TABLE secrets.members (email text);"
        f"CREATE USER guest@'127.0.0.1' IDENTIFIED BY '{CANARY}';"
        "GRANT SELECT ON secrets.members TO guest@'127.0.0.1';"
    )
    query = letter_files.parent / "query.sql"
    server = f"127.0.0.1:{mariadb.port}"
    good = f"mysql+pymysql://guest:{CANARY}@{server}/secrets"
    cases = [
        (f"mysql+pymysql://guest:wrong{CANARY}@{server}/secrets", "SELECT 1", "refused the login"),
        (f"mysql+pymysql://guest:{CANARY}@{server}/mysql", "SELECT 1", "permission"),
        (f"mysql+pymysql://guest:{CANARY}@127.0.0.1:{free_port()}/d", "SELECT 1", "cannot be reached"),
        (f"{good}?ssl_ca=/nowhere/{CANARY}", "SELECT 1", "cannot be used"),
        (good, "SELECT mail AS email FROM members", "has no column"),
        (good, "SELECT email FROM strangers", "permission"),
        (good, "SELEKT", "cannot run the query"),
    ]
    for location, sql, told in cases:
        query.write_text(sql)
        environment = build_environment(tmp_path, KLARTEKST_RECIPIENTS=location)
        ended = run_command(*build_arguments("plan", letter_files, tmp_path), "--query", query, **environment)
        assert_one_line(ended)
        assert told in ended.err
        assert not any(word in ended.err for word in ("guest", "secrets", "strangers"))
    mariadb.sql("DROP DATABASE secrets; DROP USER guest@'127.0.0.1'")


def test_failures_of_sqlite_are_told_apart(tmp_path, letter_files):
    path = tmp_path / "notify.db"
    path.write_bytes(CANARY.encode() * 200)
    ended = run_command(*build_arguments("status", letter_files, tmp_path), **build_environment(tmp_path))
    assert_one_line(ended, code=(2,))
    assert "not a database" in ended.err
    path.unlink()
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE klartekst_meta (secret TEXT)")
        database.execute(f"INSERT INTO klartekst_meta VALUES ('{CANARY}')")
    database.close()
    ended = run_command(*build_arguments("status", letter_files, tmp_path), **build_environment(tmp_path))
    assert_one_line(ended, code=(2,))
    assert "has no column" in ended.err
