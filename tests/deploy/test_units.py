"""The units of systemd and the lines of cron in deploy/, and those that docs/ quotes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.helpers.environment import REPOSITORY
from tests.helpers.programs import require_program

UNITS = REPOSITORY / "deploy" / "systemd"
CRON = REPOSITORY / "deploy" / "klartekst.cron"
_NOBODY = 65_534


@pytest.fixture
def root(tmp_path) -> Path:
    """A root folder of a machine with the policy in /srv/policy and the units, as docs/ci.md installs them."""
    root = tmp_path / "root"
    for program in ("srv/policy/.venv/bin/python", "usr/bin/git"):
        (root / program).parent.mkdir(parents=True)
        (root / program).write_text("#!/bin/sh\n")
        (root / program).chmod(0o755)
    shutil.copytree(REPOSITORY / "deploy", root / "srv" / "policy" / "deploy")
    installed = root / "etc" / "systemd" / "system"
    shutil.copytree(UNITS, installed)
    shutil.copytree("/usr/lib/systemd/system", root / "usr/lib/systemd/system", symlinks=True)
    return root


def verify_units(root: Path) -> tuple[int, list[str]]:
    """Return the exit code of systemd's own check of the installed units, and what it says."""
    analyze = require_program("systemd-analyze", "systemd")
    units = sorted((root / "etc" / "systemd" / "system").iterdir())
    done = subprocess.run(
        [analyze, "verify", "--man=no", f"--root={root}", *units],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stderr.splitlines()


def test_systemd_accepts_every_unit(root):
    assert verify_units(root) == (0, [])


@pytest.mark.parametrize(
    ("unit", "before", "after", "words"),
    [
        ("klartekst-publish.service", "Type=oneshot", "Type=oneshot\nRestartForceExitStatus=75", "Refusing"),
        ("klartekst-publish.service", "/deploy/publish", "/deploy/publsih", "not executable"),
        ("klartekst-publish.timer", "Europe/Oslo", "Europe/Bergen", "Failed to parse calendar"),
        ("klartekst-monitor.service", "NoNewPrivileges", "NoNewPrivilege", "Unknown key"),
    ],
)
def test_systemd_finds_a_mistake_in_a_unit(root, unit, before, after, words):
    path = root / "etc" / "systemd" / "system" / unit
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))
    _, lines = verify_units(root)
    assert any(words in line for line in lines), lines


def test_every_timer_has_its_service_and_every_service_reports_its_failure():
    timers = {path.stem for path in UNITS.glob("*.timer")}
    services = {path.stem: path.read_text() for path in UNITS.glob("*.service")}
    assert timers == {"klartekst-publish", "klartekst-monitor", "klartekst-notify@"}
    assert services.keys() == timers | {"klartekst-failure@"}
    assert all("OnFailure=klartekst-failure@%n.service" in services[name] for name in timers)


def test_a_failure_is_mailed_with_the_last_lines_of_its_unit(tmp_path):
    for name, script in {
        "systemctl": 'echo "$@"; echo "× klartekst-publish.service - failed"; exit 3',
        "sendmail": f'test "$1" = -t && cat >{tmp_path}/mail',
    }.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / name).chmod(0o755)
    subprocess.run(
        [REPOSITORY / "deploy" / "report-failure", "klartekst-publish.service"],
        check=True,
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}", "KLARTEKST_ALERT_TO": "vakt@example.no"},
    )
    head, _, body = (tmp_path / "mail").read_text("utf-8").partition("\n\n")
    assert head.splitlines()[:2] == ["To: vakt@example.no", "Subject: klartekst-publish.service failed"]
    assert body.endswith("klartekst-publish.service\n× klartekst-publish.service - failed\n")


def read_crontab(text: str) -> tuple[dict[str, str], list[tuple[str, str, str]]]:
    """Return the variables of a file of /etc/cron.d/, and of each line its times, its user and its command."""
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


def run_cron_line(command: str, variables: dict[str, str], home: Path) -> subprocess.CompletedProcess[str]:
    """Run a command as cron does: with few variables, and as a user who owns only `home`.

    The user may read this checkout and its Python, which may be in the home folder of root.
    """
    arguments = [variables["SHELL"], "-c", command]
    if os.geteuid() == 0:
        for path in (home, *home.rglob("*")):
            os.chown(path, _NOBODY, _NOBODY, follow_symlinks=False)
        setpriv = require_program("setpriv", "util-linux")
        user = [f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups"]
        caps = [f"--{kind}-caps=-all,+dac_read_search" for kind in ("inh", "ambient", "bounding")]
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
