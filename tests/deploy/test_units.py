"""The units of systemd in deploy/: what systemd itself says of them."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.helpers.environment import REPOSITORY
from tests.helpers.programs import require_program

UNITS = REPOSITORY / "deploy" / "systemd"


@pytest.fixture
def root(tmp_path) -> Path:
    """The root folder of a machine with the policy and the units, as docs/ci.md installs them."""
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
