"""A real sshd on loopback with keys of its own, and an `ssh` that knows them and nothing of the user's."""

from __future__ import annotations

import getpass
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.helpers.ports import free_port
from tests.helpers.programs import require_program
from tests.helpers.waiting import wait_until


@dataclass(frozen=True)
class SshServer:
    """A running server. `commands` is a folder for PATH whose `ssh` reads `configuration` only."""

    port: int
    commands: Path
    configuration: Path
    pid: int

    def address(self, folder: Path) -> str:
        """Return the address of a folder for `deploy`."""
        return f"ssh://{getpass.getuser()}@127.0.0.1:{self.port}{folder}"


@contextmanager
def run_ssh_server(folder: Path) -> Iterator[SshServer]:
    """Run a server until the block ends, and end every connection to it."""
    sshd = require_program("sshd", "openssh-server")
    port, commands = free_port(), folder / "commands"
    commands.mkdir()
    for name in ("host_key", "key", "other_key"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    (folder / "authorized_keys").write_text((folder / "key.pub").read_text())
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {(folder / 'host_key.pub').read_text()}")
    server_config = folder / "sshd_config"
    server_config.write_text(
        f"ListenAddress 127.0.0.1:{port}\nHostKey {folder}/host_key\n"
        f"AuthorizedKeysFile {folder}/authorized_keys\n"
        f"PidFile {folder}/pid\nStrictModes no\nUsePAM no\nPasswordAuthentication no\n"
        "KbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\nMaxStartups 100\n"
    )
    config = folder / "ssh_config"
    config.write_text(
        f"IdentityFile {folder}/key\nIdentitiesOnly yes\nUserKnownHostsFile {folder}/known_hosts\n"
        "GlobalKnownHostsFile /dev/null\nStrictHostKeyChecking yes\n"
    )
    # ssh finds its configuration by the user's entry in /etc/passwd, whatever HOME is.
    script = commands / "ssh"
    script.write_text(f'#!/bin/sh\nexec {require_program("ssh", "openssh-client")} -F {config} "$@"\n')
    script.chmod(0o755)
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # as Debian's unit does
    server = subprocess.Popen(
        [sshd, "-D", "-e", "-f", server_config], stderr=subprocess.PIPE, start_new_session=True
    )
    try:
        wait_until(lambda: _is_listening(port) or server.poll() is not None, "sshd listens")
        assert server.poll() is None, server.stderr.read()
        yield SshServer(port, commands, config, server.pid)
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
        server.stderr.close()


def _is_listening(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
