"""The members' website of docs/website.md, with its own server in Python, as a reader sets it up.

The policy is on nginx and on another site: to browsers, localhost and 127.0.0.1 are two.
"""

import csv
import io
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from notifier.keys import parse_key
from notifier.web_impressions import count_impressions
from tests.helpers.notice_reader import POLICY_PATH, WATCH_NOTICES, wait_for_notices
from tests.helpers.ports import free_port
from tests.helpers.quoted_code import read_quoted_code
from tests.helpers.small_policy import announcements_json, build_small_site, make_announcement, make_entry
from tests.helpers.waiting import wait_until
from tests.helpers.web_servers import make_public_folder, run_nginx

PUBLISHED = "https://personvern.dinbedrift.no"
MEMBER, OTHER = "kari@example.no", "ola@example.no"
PASSWORD = "a long enough password"
KEY = "the key of the ledger"
BUTTON = "Jeg har sett dette"


@dataclass
class MembersSite:
    """The folder of the server, and its address."""

    folder: Path
    port: int
    origin: str

    @contextmanager
    def run(self):
        """Run the server until the block ends."""
        command = [sys.executable, "members_server.py"]
        with (self.folder / "server.log").open("a") as log:
            process = subprocess.Popen(
                command, cwd=self.folder, env={**os.environ, "PORT": str(self.port)}, stdout=log, stderr=log
            )
        try:
            wait_until(self._answers, "the members' server")
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
            return True
        return False

    def read_record(self) -> list[tuple]:
        with sqlite3.connect(self.folder / "notices.db") as database:
            return database.execute("SELECT * FROM notice ORDER BY member, version, channel").fetchall()


@pytest.fixture(scope="module")
def policy(tmp_path_factory):
    """The policy's origin, on nginx with the built configuration, and the port of the members' site."""
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    built = build_small_site(
        tmp_path_factory.mktemp("policy"),
        f"http://localhost:9{POLICY_PATH}",
        "https://dinbedrift.no",
        [origin],
    )
    with make_public_folder() as folder:
        site = shutil.copytree(built, folder / "site")
        lines = f"set $klartekst_site {site};\ninclude {site}/nginx.conf;\n"
        with run_nginx(folder, lines) as server:
            base_url = server.origin + POLICY_PATH
            rows = [
                make_announcement(base_url, version, channels=("login", "alert"))
                for version in ("3.0", "2.0")
            ]
            (site / "api" / "announcements.json").write_text(announcements_json(base_url, *rows))
            yield server.origin, port


@pytest.fixture
def members(policy, tmp_path):
    """The website as the page describes it, with a second member, and with the addresses of the test."""
    policy_origin, port = policy
    (tmp_path / "public").mkdir()
    names = {
        "members-page.html": "public/index.html",
        "policy-notices.js": "public/policy-notices.js",
        "members_server.py": "members_server.py",
    }
    for name, path in names.items():
        code = read_quoted_code("website.md", name)
        code = code.replace(f"{PUBLISHED}/", policy_origin + POLICY_PATH).replace(PUBLISHED, policy_origin)
        code = code.replace("MEMBERS = {", f'MEMBERS = {{"{OTHER}": "{PASSWORD}", ')
        (tmp_path / path).write_text(code)
    return MembersSite(tmp_path, port, f"http://127.0.0.1:{port}")


@pytest.fixture
def page(browser):
    context = browser.new_context()
    context.set_default_timeout(300_000)
    context.add_init_script(WATCH_NOTICES)
    yield context.new_page()
    context.close()


def log_in(page, members, member=MEMBER):
    page.goto(members.origin)
    page.get_by_label("E-post").fill(member)
    page.get_by_label("Passord").fill(PASSWORD)
    with page.expect_navigation():
        # By script: a notice of the member before may be in front.
        page.locator("form").evaluate("(form) => form.submit()")
    wait_for_notices(page)


def wait_until_shown(page):
    """Wait for the dialog, and until the server has its showing."""
    page.get_by_role("dialog").wait_for()
    page.wait_for_function(
        "async () => !(await (await fetch('/policy-notices')).json()).channels.includes('login')"
    )


def click(page):
    page.get_by_role("dialog").get_by_role("button", name=BUTTON).click()


def wait_for_failure(page):
    alert = page.get_by_role("dialog").get_by_role("alert")
    alert.wait_for()
    assert alert.inner_text() == "Dette ble ikke lagret. Prøv igjen."


def test_a_member_sees_a_notice_once_and_the_record_counts(members, page):
    errors = []
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    with members.run():
        page.goto(members.origin)
        wait_for_notices(page)
        assert page.locator("policy-notice").count() == 0  # a visitor
        log_in(page, members)
        wait_until_shown(page)
        second = page.context.new_page()  # the dialog was shown; the banner is on every page
        second.goto(members.origin)
        wait_for_notices(second)
        assert second.get_by_role("dialog").count() == 0
        click(page)
        page.get_by_role("dialog").wait_for(state="detached")
        second.get_by_role("button", name=BUTTON).click()  # in a tab from before
        page.wait_for_function("async () => (await (await fetch('/policy-notices')).json()).seen === '3.0'")
        log_in(page, members)
        assert page.locator("policy-notice").locator("dialog, section").count() == 0
    assert [line for line in errors if "404" not in line] == []  # the icon of the website
    rows = members.read_record()
    assert {row[:4] for row in rows} == {
        (MEMBER, version, make_entry(version), channel)
        for version in ("2.0", "3.0")
        for channel in ("alert", "login")
    }
    assert all(shown <= acknowledged for *_, shown, acknowledged in rows if acknowledged)
    check_export(members)


def check_export(members):
    """Run the quoted command; the proof counts what it writes."""
    command = read_quoted_code("website.md", "export-notices.sh").replace("python ", f"{sys.executable} ")
    environment = {**os.environ, "KLARTEKST_KEY": KEY}
    subprocess.run(["sh", "-euc", command], cwd=members.folder, env=environment, check=True)
    export = members.folder / "policy-notices.csv"
    counts = count_impressions([export], "3.0")
    assert counts["channels"]["login"]["acknowledged"]["members"] == 1
    assert "@" not in export.read_text()
    rows = list(csv.DictReader(io.StringIO(export.read_text())))
    key = parse_key(KEY)
    assert {row["addressee"] for row in rows} == {key.build_member_key(v, MEMBER) for v in ("2.0", "3.0")}
    environment.pop("KLARTEKST_KEY")
    done = subprocess.run(
        ["sh", "-uc", command],
        cwd=members.folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "set KLARTEKST_KEY to the key of the ledger\n")


def test_a_click_that_the_server_cannot_save_is_kept_in_sight_until_it_can(members, page):
    with members.run():
        log_in(page, members)
        wait_until_shown(page)
    click(page)  # no server
    wait_for_failure(page)
    with members.run():
        click(page)  # the server has forgotten its sessions
        wait_for_failure(page)
        assert [row for row in members.read_record() if row[-1]] == []
        log_in(page.context.new_page(), members, OTHER)
        click(page)  # another member has logged in
        wait_for_failure(page)
        assert [row for row in members.read_record() if row[-1]] == []
        log_in(page.context.new_page(), members)
        click(page)
        page.get_by_role("dialog").wait_for(state="detached")
    acknowledged = [row for row in members.read_record() if row[-1]]
    assert {row[:2] for row in acknowledged} == {(MEMBER, "2.0"), (MEMBER, "3.0")}


GOOD = {
    "event": "acknowledged",
    "member": MEMBER,
    "versions": ["2.0"],
    "entries": [make_entry("2.0")],
    "channel": "login",
}
BAD = [
    {"event": "seen"},
    {"event": ["shown"]},
    {"versions": []},
    {"versions": "2.0"},
    {"versions": ["2.0'"]},
    {"versions": [2.0]},
    {"versions": [["2.0"]]},
    {"entries": [make_entry("2.0"), make_entry("2.0")]},
    {"entries": ["x"]},
    {"channel": {}},
]


@pytest.mark.long
def test_the_server_refuses_reports_that_are_not_those_of_its_pages(members, page):
    with members.run():
        log_in(page, members)
        wait_until_shown(page)

        def post(data, kind="application/json"):
            return page.request.post(
                f"{members.origin}/policy-notices", data=data.encode(), headers={"Content-Type": kind}
            ).status

        assert {post(json.dumps({**GOOD, **change})) for change in BAD} == {400}
        assert {post(text) for text in ("", "[]", "null", "{", "[" * 9000, "x" * 20_000, "\xff")} == {400}
        assert post(json.dumps(GOOD), "text/plain") == 415
        assert post(json.dumps({**GOOD, "member": OTHER})) == 403
        assert [row for row in members.read_record() if row[-1]] == []
        many = [f"4.{number}" for number in range(20)]
        for number in range(20):
            entries = [make_entry(f"{number} {version}") for version in many]
            post(json.dumps({**GOOD, "versions": many, "entries": entries}))
        assert len(members.read_record()) == 200
        assert page.request.post(f"{members.origin}/login", form={"email": "x", "password": ""}).ok
        assert page.request.post(f"{members.origin}/elsewhere").status == 404
    assert "Traceback" not in (members.folder / "server.log").read_text()
