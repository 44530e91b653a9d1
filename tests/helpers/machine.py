"""A machine that is set up as docs/ say: the commands act on a folder instead of on this machine."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.helpers.environment import GIT_ENVIRONMENT, neutral_environment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# Commands that would change this machine, or that need a host. They say what they were called with.
_STAND_INS = ("apt-get", "adduser", "chown", "systemctl")


@dataclass
class Machine:
    """A root folder, and commands that act on it; `names` replaces names that documentation uses."""

    folder: Path
    names: Mapping[str, str]

    def __post_init__(self) -> None:
        commands = self.folder / "commands"
        for place in (commands, self.root, self.folder / "home"):
            place.mkdir(parents=True)
        for name in _STAND_INS:
            self.add_command(name, f'echo "{name} $*" >>"{self.folder}/calls"')
        self.add_command("sudo", 'test "$1" != -u || shift 2\nexec "$@"')
        # The owner of a folder is a user whom this machine does not have.
        real = shutil.which("install")
        self.add_command(
            "install",
            f'for a; do shift; case $a in --owner=*) ;; *) set -- "$@" "$a" ;; esac; done\n{real} "$@"',
        )

    @property
    def root(self) -> Path:
        return self.folder / "root"

    def add_command(self, name: str, script: str) -> None:
        path = self.folder / "commands" / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def translate(self, text: str) -> str:
        """Return text of the page with the names of this machine."""
        for name, value in self.names.items():
            text = text.replace(name, value)
        return re.sub(r"(?<![\w.:/])/(srv|etc|var/lib)(?=/)", rf"{self.root}/\1", text)

    def run(self, code: str, cwd: Path) -> str:
        """Run the commands of a page, none of which may fail; return what they printed."""
        done = subprocess.run(
            ["sh", "-euc", self.translate(code)],
            cwd=cwd,
            env=neutral_environment(
                **GIT_ENVIRONMENT,
                HOME=str(self.folder / "home"),
                PATH=f"{self.folder}/commands:{os.environ['PATH']}",
            ),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def list_calls(self) -> list[str]:
        return (self.folder / "calls").read_text().splitlines()

    def start_service(self, name: str, instance: str = "") -> str:
        """Run the commands of an installed unit in order, with its settings; return what they printed."""
        text = (self.root / "etc/systemd/system" / name).read_text().replace("%i", instance)
        pairs = [line.split("=", 1) for line in text.splitlines() if "=" in line and not line.startswith("#")]
        values = dict(pairs)
        secrets = [value.partition(":") for key, value in pairs if key == "LoadCredential"]
        credentials = self.folder / "credentials"
        credentials.mkdir(exist_ok=True)
        for secret, _, path in secrets:
            shutil.copy(self.root / path.lstrip("/"), credentials / secret)
        settings = values.get("Environment", "").replace("%d", str(credentials)).split()
        settings += (self.root / values["EnvironmentFile"].lstrip("/")).read_text().splitlines()
        exports = "".join(f"export {shlex.quote(setting)}\n" for setting in settings)
        folder = self.root / values["WorkingDirectory"].lstrip("/")
        commands = [values[key] for key in ("ExecStartPre", "ExecStart") if key in values]
        return "".join(self.run(exports + command, folder) for command in commands)
