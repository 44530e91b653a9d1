"""What runs when everything is set up: lines of cron as their user, letters by timer, cron and workflow."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.deployment.web_servers import serve_site
from tests.helpers.cli import create_history, run_command
from tests.helpers.environment import REPOSITORY
from tests.helpers.in_process import build
from tests.helpers.machine import Machine
from tests.helpers.policy_repository import Checkout, create_remote
from tests.helpers.programs import require_program
from tests.helpers.quoted_code import read_quoted_code
from tests.helpers.web_servers import make_public_folder
from tests.helpers.workflow_runner import WorkflowRun, read_workflow
from tests.notifier.factories import write_addressees
from tests.notifier.smtp_server import SmtpServer

if TYPE_CHECKING:
    from collections.abc import Iterator

TODAY = "2026-11-26"
CRON = REPOSITORY / "deploy" / "klartekst.cron"
_NOBODY = 65_534
_ANNOUNCED = """
start 2026-01-05
settings "nb, en" "mail: {from: post@example.no}" \\
  "announce: {minor: [], major: [email], special: [email]}"
words nb/02-deling "Vi deler navn med trykkeriet."
words en/02-deling "We share names with the printer."
note deling major 2026-12-30 "" "title: {nb: Vi deler mer, en: We share more}"
commit 2026-11-20
"""


def read_crontab(text: str) -> tuple[dict[str, str], list[tuple[str, str, str]]]:
    """Return the variables of a file of /etc/cron.d/, and times, user and command of each line."""
    variables, lines = {}, []
    for line in text.splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if found := re.fullmatch(r"(\w+)=(.*)", line):
            variables[found[1]] = found[2]
            continue
        *times, user, command = line.split(maxsplit=6)
        assert "%" not in command, "cron makes a line end of it"
        assert len(times) == 5
        lines.append((" ".join(times), user, command))
    return variables, lines


def run_cron_line(
    command: str, variables: dict[str, str], home: Path, *owned: Path
) -> subprocess.CompletedProcess[str]:
    """Run a command as cron does: with few variables, and as a user who owns only `home` and `owned`.

    The user may read this checkout and its Python, which may be in the home folder of root.
    """
    arguments = [variables["SHELL"], "-c", command]
    if os.geteuid() == 0:
        for folder in (home, *owned):
            for path in (folder, *folder.rglob("*")):
                os.chown(path, _NOBODY, _NOBODY, follow_symlinks=False)
        setpriv = require_program("setpriv", "util-linux")
        user = [f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups"]
        options = ("--inh-caps", "--ambient-caps", "--bounding-set")
        caps = [f"{option}=-all,+dac_read_search" for option in options]
        arguments = [setpriv, *user, *caps, "--no-new-privs", *arguments]
    environment = {"HOME": str(home), "LOGNAME": "klartekst", "PATH": "/usr/bin:/bin", **variables}
    return subprocess.run(
        arguments,
        cwd=home,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


@dataclass(frozen=True)
class Website:
    """A machine that has published the policy to /srv/www/policy, whose address is `url`."""

    machine: Machine
    remote: Path
    url: str

    @property
    def policy(self) -> Path:
        return self.machine.root / "srv" / "policy"


@pytest.fixture(scope="module")
def website() -> Iterator[Website]:
    with make_public_folder() as folder:
        yield from publish_website(folder)


def publish_website(folder: Path) -> Iterator[Website]:
    """Set up a machine in a folder, and publish the policy for the first time."""
    remote = create_remote(folder, _ANNOUNCED)
    build(folder / "source", folder / "built")
    machine = Machine(folder / "machine", {})
    target = machine.root / "srv" / "www" / "policy"
    target.mkdir(parents=True)
    with serve_site("nginx", target / "site", folder / "nginx", folder / "built" / "site") as url:
        machine.names |= {"https://example.no/personvern/": url}
        found = Website(machine, remote, url)
        checkout = Checkout.clone(remote, found.policy, TODAY, url)
        done = checkout.run("deploy/publish", "--published", "none", KLARTEKST_TARGET=str(target))
        assert done.returncode == 0, done.stdout + done.stderr
        yield found


@pytest.mark.long
def test_the_lines_of_cron_publish_and_monitor_as_a_user_of_their_own(website, tmp_path):
    machine, policy = website.machine, website.policy
    editor = tmp_path / "editor"
    run_command(tmp_path, "git", "clone", "--quiet", website.remote, editor)
    change = (
        'words nb/01-kontakt "Ring oss."\nwords en/01-kontakt "Call us."\nnote ring minor\ncommit 2026-11-26'
    )
    create_history(editor, change)
    run_command(editor, "git", "push", "--quiet", "origin", "main")
    # A remote of another user: that of the test is a folder.
    (policy / ".gitconfig").write_text("[safe]\n\tdirectory = *\n")
    variables, lines = read_crontab(machine.translate(CRON.read_text("utf-8")))
    assert [user for _, user, _ in lines] == ["klartekst", "klartekst"]
    target = machine.root / "srv" / "www" / "policy"
    publish, monitor = (run_cron_line(command, variables, policy, target) for _, _, command in lines)
    # Cron mails what a line prints: nothing, when all is well.
    assert (publish.returncode, publish.stdout, publish.stderr) == (0, "", "")
    assert "Ring oss." in (target / "site" / "versjon" / "2.1" / "index.html").read_text("utf-8")
    assert (monitor.returncode, monitor.stdout, monitor.stderr) == (0, "", "")
    elsewhere = variables | {"KLARTEKST_URL": f"{website.url}nowhere/"}
    assert "api/versions.json" in run_cron_line(lines[1][2], elsewhere, policy, target).stdout


@pytest.fixture
def relay() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@pytest.mark.long
def test_the_timer_of_a_letter_mails_it_and_then_does_nothing(website, relay, tmp_path):
    machine, people = website.machine, write_addressees(tmp_path / "people.csv", 3)
    (tmp_path / "smtp").write_text(f"smtp://127.0.0.1:{relay.port}\n")
    (tmp_path / "recipients").write_text(f"{people}\n")
    installed = machine.root / "etc" / "systemd" / "system"
    shutil.copytree(REPOSITORY / "deploy" / "systemd", installed)
    (machine.root / "etc" / "klartekst").mkdir()
    plan = "notify plan --letter out/letters/2.0 --recipients"
    planned = machine.run(
        f'.venv/bin/python build.py {plan} "{people}" --ledger sqlite:///notify.db', website.policy
    )
    number = planned.split("--confirm ")[1].split()[0]
    code = read_quoted_code("notification-job.md", "notify: systemd")
    machine.run(code.replace("4711", number), tmp_path)
    assert machine.list_calls()[-1] == "systemctl enable --now klartekst-notify@2.0.timer"
    assert [machine.start_service("klartekst-notify@.service", "2.0") for _ in range(2)]
    assert sorted(address for address, _ in relay.accepted) == [f"member{n}@example.no" for n in range(3)]


@pytest.mark.long
def test_the_cron_line_of_a_letter_mails_it_and_prints_nothing(website, relay, tmp_path):
    people = write_addressees(tmp_path / "people.csv", 2)
    folder = tmp_path / "policy"
    checkout = Checkout.clone(website.remote, folder, TODAY, website.url)
    assert checkout.run(".venv/bin/python", "build.py", "build").returncode == 0
    number = checkout.run("deploy/plan-letter", "2.0", KLARTEKST_RECIPIENTS=str(people)).stdout.split()[-1]
    for name, text in (("smtp", f"smtp://127.0.0.1:{relay.port}"), ("recipients", str(people))):
        (tmp_path / name).write_text(text)
    text = read_quoted_code("notification-job.md", "notify: cron").replace("/srv/policy", str(folder))
    text = text.replace("/etc/klartekst", str(tmp_path)).replace("4711", number)
    variables, ((_, _, command),) = read_crontab(text)
    for _ in range(2):
        done = run_cron_line(command, variables, folder, tmp_path)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert len(relay.accepted) == 2


def run_notify(website: Website, folder: Path, version: str, secrets: dict[str, str]) -> dict:
    """Run both jobs of the workflow, as after two approvals."""
    context = {"secrets": secrets, "inputs": {"version": version}}
    workflow = read_workflow("notify.yml")
    run = WorkflowRun(
        workflow,
        website.remote,
        "main",
        folder,
        context,
        {},
        TODAY,
        website.url,
    )
    jobs = {"plan": run.run_job("plan")}
    if jobs["plan"].has_succeeded:
        jobs["send"] = run.run_job("send")
    return jobs


@pytest.fixture
def secrets(relay, tmp_path) -> dict[str, str]:
    people = write_addressees(tmp_path / "people.csv", 4)
    return {
        "KLARTEKST_SMTP": f"smtp://127.0.0.1:{relay.port}",
        "KLARTEKST_RECIPIENTS": str(people),
        "KLARTEKST_LEDGER": f"sqlite:///{tmp_path / 'notify.db'}",
        "KLARTEKST_KEY": "0123456789abcdef" * 4,
    }


@pytest.mark.long
def test_the_workflow_mails_a_letter_to_those_that_it_planned(website, relay, secrets, tmp_path):
    jobs = run_notify(website, tmp_path / "run", "2.0", secrets)
    assert all(job.has_succeeded for job in jobs.values()), [job.printed for job in jobs.values()]
    assert "--confirm" in jobs["plan"].summary
    assert len(relay.accepted) == 4
    assert not any(f"member{n}@" in job.printed + job.summary for n in range(4) for job in jobs.values())


def test_sending_is_repeated_as_long_as_deliveries_are_pending(tmp_path):
    shutil.copytree(REPOSITORY / "deploy", tmp_path / "deploy")
    (tmp_path / "Makefile").write_text("setup:\n")
    (tmp_path / "out" / "letters" / "2.0").mkdir(parents=True)
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "$*" >>calls\ntest $(wc -l <calls) -ge 3 && exit 3\nexit 75\n')
    python.chmod(0o755)
    done = subprocess.run(
        [tmp_path / "deploy" / "send-letter", "2.0", "4711"],
        env={**os.environ, "KLARTEKST_RETRY_SECONDS": "0"},
        check=False,
    )
    assert done.returncode == 3  # some are in doubt
    send = "build.py notify send --letter out/letters/2.0 --confirm 4711"
    assert (tmp_path / "calls").read_text().splitlines() == [send] * 3


def test_the_workflow_mails_nothing_about_a_version_that_is_not_live(website, relay, secrets, tmp_path):
    remote = shutil.copytree(website.remote, tmp_path / "remote.git")
    editor = tmp_path / "editor"
    run_command(tmp_path, "git", "clone", "--quiet", remote, editor)
    create_history(
        editor,
        'words nb/01-kontakt "Skriv."\nwords en/01-kontakt "Write."\n'
        'note skriv major 2026-12-31 "" "title: {nb: Skriv, en: Write}"\ncommit 2026-11-26',
    )
    run_command(editor, "git", "push", "--quiet", "origin", "main")
    jobs = run_notify(Website(website.machine, remote, website.url), tmp_path / "run", "3.0", secrets)
    assert not jobs["plan"].has_succeeded
    assert "api/log.json" in jobs["plan"].printed
    assert "send" not in jobs
    assert relay.accepted == []
