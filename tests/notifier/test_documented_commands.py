"""The commands of docs/notification-job.md, run as they stand there against servers of the tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from email import message_from_bytes
from typing import TYPE_CHECKING

import pytest

from notifier.audience_conditions import read_audience_conditions
from notifier.keys import parse_key
from tests.helpers.quoted_code import read_quoted_code
from tests.notifier.cli import ROOT, run_command
from tests.notifier.factories import ENTRY, create_campaign, write_letter
from tests.notifier.servers import need
from tests.notifier.smtp_server import SmtpServer
from tests.notifier.test_addressees import WORDPRESS
from tests.notifier.test_ledger import format_log

if TYPE_CHECKING:
    from pathlib import Path

PAGE = "notification-job.md"
MEMBERS = """
INSERT INTO {p}users (ID, user_email) VALUES (1, 'a@x.no'), (2, 'b@x.no'), (3, 'c@x.no');
INSERT INTO {p}usermeta (user_id, meta_key, meta_value) VALUES
  (1, 'wp_capabilities', 'a:1:{{s:10:"subscriber";b:1;}}'),
  (2, 'wp_capabilities', 'a:1:{{s:13:"administrator";b:1;}}'),
  (3, 'wp_capabilities', 'a:1:{{s:10:"subscriber";b:1;}}');
"""


@dataclass(frozen=True)
class Shell:
    """A shell in the operator's folder; the command and the servers of the page are those of the test."""

    folder: Path
    replaced: dict[str, str]

    def run(
        self, name: str, *, lines: slice = slice(None), **environment: str
    ) -> subprocess.CompletedProcess:
        """Run the lines of a block of the page, from the first one that fails on nothing more."""
        code = "\n".join(read_quoted_code(PAGE, name).splitlines()[lines])
        for words, own in self.replaced.items():
            code = code.replace(words, own)
        return subprocess.run(
            ["bash", "-euc", code],
            cwd=self.folder,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def members(mariadb):
    """The URL of WordPress' tables with three members, two of whom are subscribers."""
    name = "documented"
    mariadb.sql((WORDPRESS + MEMBERS).format(name=name, p="wp_", flags=""))
    yield mariadb.url(name)
    mariadb.sql(f"DROP DATABASE {name}")


@pytest.fixture
def relay():
    with SmtpServer() as server:
        yield server


@pytest.fixture
def shell(tmp_path, members, relay) -> Shell:
    write_letter(tmp_path / "out" / "letters" / "2.0")
    own = {
        "python build.py": f"{sys.executable} {ROOT / 'build.py'}",
        "smtp+starttls://job:PASSWORD@relay.example:587": relay.url,
        "mysql+pymysql://reader:PASSWORD@db.example/wordpress": members,
        "4711": "3",
    }
    return Shell(tmp_path, own)


def test_the_quick_start_mails_every_member_once(shell, relay):
    done = shell.run("notify: quick start")
    assert (done.returncode, done.stderr) == (0, "")
    assert "--confirm 3" in done.stdout
    assert "2.0: 3 addressees: 3 sent" in done.stdout.splitlines()[-1]
    assert sorted(relay.recipients) == ["a@x.no", "b@x.no", "c@x.no"]


def test_the_condition_of_the_page_finds_the_subscribers_of_wordpress(shell, members):
    path = shell.folder / "audiences.yaml"
    path.write_text(read_quoted_code(PAGE, "notify: audiences.yaml"))
    assert list(read_audience_conditions(path)) == ["members"]
    letter = shell.folder / "out" / "letters" / "2.0"
    write_letter(letter, affects=["members"], tell="affected", audiences=["members"])
    options = ["--letter", letter, "--audiences", path]
    planned = run_command("plan", *options, KLARTEKST_RECIPIENTS=members)
    assert (planned.code, planned.last_line) == (0, "--confirm 2")


def test_the_reports_of_the_page_are_read_from_mail_stores_and_the_log(shell):
    campaign = create_campaign(shell.folder)
    campaign.plan("--ledger", f"sqlite:///{shell.folder / 'notify.db'}")
    mail = shell.folder / "mail"
    for part in ("new", "cur", "tmp"):
        (mail / "retur.d" / "Maildir" / part).mkdir(parents=True)
    (mail / "retur").write_text("")
    (mail / "mail.log").write_text("")
    own = {
        "/var/mail/retur/Maildir": str(mail / "retur.d" / "Maildir"),
        "/var/mail/retur": str(mail / "retur"),
        "/var/log/mail.log": str(mail / "mail.log"),
    }
    done = Shell(shell.folder, {**shell.replaced, **own}).run("notify: bounces")
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 2


def test_the_page_counts_who_was_told_with_the_export_of_the_website(shell):
    shell.run("notify: quick start")
    key = parse_key((shell.folder / "notify.db.key").read_text())
    row = {"user": "0a" * 32, "version": "2.0", "entry": ENTRY, "channel": "login"}
    row |= {"shown": "2026-11-23T07:00:00Z", "acknowledged": None}
    row["addressee"] = key.build_member_key("2.0", "b@x.no")
    (shell.folder / "policy-notices.json").write_text(json.dumps({"schema": 3, "log": [row]}))
    done = shell.run("notify: coverage")
    assert (done.returncode, done.stderr) == (0, "")
    lines = dict(line.rsplit(maxsplit=1) for line in done.stdout.splitlines())
    assert (lines["shown at login"], lines["mailed"]) == ("1", "2")
    (shell.folder / "address.txt").write_text("b@x.no\n")
    done = shell.run("notify: lookup")
    assert (done.returncode, done.stderr) == (0, "")
    assert "website: shown (login) 2026-11-23T07:00:00+00:00\ntold: yes\n" in done.stdout


@pytest.mark.long
def test_a_ledger_that_is_restored_as_on_the_page_mails_nobody_twice(shell, relay):
    need("sqlite3", "sqlite3")
    backup, logs = shell.folder / "backup", shell.folder / "log"
    backup.mkdir()
    logs.mkdir()
    (logs / "mail.log.1").write_text("")
    own = {"/srv/backup": str(backup), "/var/log": str(logs)}
    shell = Shell(shell.folder, {**shell.replaced, **own, "--confirm 3": "--confirm 3 --limit 1"})
    shell.run("notify: quick start")
    assert shell.run("notify: backup").returncode == 0
    assert {path.stat().st_mode & 0o777 for path in backup.iterdir()} == {0o600}
    shell.run("notify: quick start")
    assert len(relay.messages) == 2
    ids = [message_from_bytes(octets)["Message-ID"] for octets in relay.messages]
    lines = [f"postfix/cleanup[9]: {n}A: message-id={one}" for n, one in enumerate(ids)]
    lines += [f"postfix/qmgr[3]: {n}A: from=<x@x.no>, size=1, nrcpt=1 (queue active)" for n in range(2)]
    (logs / "mail.log").write_text(format_log(lines))
    done = shell.run("notify: restore")
    assert done.stdout == "1 sent, 1 pending again, 0 still in doubt\n"
    shell.run("notify: quick start")
    assert relay.recipients == {"a@x.no": 1, "b@x.no": 1, "c@x.no": 1}


def test_a_password_is_printed_as_urls_need_it():
    code = read_quoted_code(PAGE, "notify: encode").replace("getpass.getpass()", "input()")
    code = code.replace("import getpass, ", "import ")
    done = subprocess.run(
        ["sh", "-euc", code], input="p@ss/w:rd%\n", capture_output=True, text=True, check=True
    )
    assert done.stdout == "p%40ss%2Fw%3Ard%25\n"


@pytest.mark.long
def test_the_ledger_of_the_page_is_shared_through_postgresql(shell, postgresql, relay):
    url = postgresql.database()
    own = {"postgresql+psycopg://klartekst:PASSWORD@db.example/klartekst": url, "…": "k" * 64}
    ledger = read_quoted_code(PAGE, "notify: postgresql")
    start = read_quoted_code(PAGE, "notify: quick start").replace("--ledger sqlite:///notify.db ", "")
    code = ledger + start.replace(" --ledger sqlite:///notify.db", "")
    for words, value in {**shell.replaced, **own}.items():
        code = code.replace(words, value)
    done = subprocess.run(
        ["bash", "-euc", code], cwd=shell.folder, capture_output=True, text=True, check=False
    )
    # `plan` without --ledger counts only; `send` freezes the addressees in the ledger of the variable.
    assert (done.returncode, done.stderr) == (0, "")
    assert len(relay.messages) == 3
    assert not (shell.folder / "notify.db").exists()
