"""Real servers from Debian packages, started on loopback and stopped again."""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest

from tests.helpers.ports import free_port
from tests.helpers.waiting import wait_until

_ROOT = os.geteuid() == 0


def need(program: str, package: str, *places: str) -> str:
    """Find a program of a Debian package; without it a test fails in CI and is skipped elsewhere."""
    path = os.pathsep.join([*places, os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
    found = shutil.which(program, path=path)
    if found:
        return found
    return lacking(f"{program} is missing: apt-get install {package}")


def lacking(reason: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def _as(user: str, *command: str) -> list[str]:
    """Servers that refuse to run as root run as the user of their package."""
    return ["runuser", "-u", user, "--", *command] if _ROOT else list(command)


def _quietly(command: list[str]) -> None:
    # Into a file: a server that stays would keep a pipe open.
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(command, check=False, cwd="/", stdout=said, stderr=said)
        said.seek(0)
        assert done.returncode == 0, f"{command}: {said.read().decode('utf-8', 'replace')}"


@contextlib.contextmanager
def _folder(user: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="kt-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        if _ROOT:
            entry = pwd.getpwnam(user)
            os.chown(folder, entry.pw_uid, entry.pw_gid)
        yield folder


@dataclass
class PostgreSQL:
    port: int
    binaries: Path
    data: Path
    host: str = "127.0.0.1"
    made: int = 0

    def database(self) -> str:
        """Make a new, empty database and return its URL."""
        self.made += 1
        name = f"ledger{self.made}"
        self.sql(f"CREATE DATABASE {name}")
        return self.url(name)

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@{self.host}:{self.port}/{name}"

    def sql(self, statement: str, database: str = "postgres") -> str:
        return self.client("psql", "-XAtc", statement, database)

    def client(self, program: str, *arguments: str) -> str:
        command = [
            self.binaries / program,
            "-h",
            self.host,
            "-p",
            str(self.port),
            "-U",
            "postgres",
            *arguments,
        ]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def restart(self, mode: str = "immediate") -> None:
        control = [str(self.binaries / "pg_ctl"), "-D", str(self.data), "-w", "-m", mode]
        _quietly(_as("postgres", *control, "restart"))


@contextlib.contextmanager
def postgresql(listen: str = "127.0.0.1") -> Iterator[PostgreSQL]:
    places = sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)
    binaries = Path(need("initdb", "postgresql", *places)).parent
    port = free_port()
    with _folder("postgres") as folder:
        data = folder / "data"
        initdb = [
            str(binaries / "initdb"),
            "-D",
            str(data),
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "-U",
            "postgres",
        ]
        _quietly(_as("postgres", *initdb))
        with (data / "pg_hba.conf").open("a") as access:
            access.write("host all all 10.83.0.0/16 trust\n")
        options = (
            f"-p {port} -k {folder} -c listen_addresses={listen} -c max_connections=60 -c shared_buffers=32MB"
        )
        control = [str(binaries / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log")]
        _quietly(_as("postgres", *control, "-o", options, "start"))
        try:
            yield PostgreSQL(port, binaries, data)
        finally:
            _quietly(_as("postgres", *control, "-m", "immediate", "stop"))


@dataclass
class MariaDB:
    port: int
    client: str
    socket: Path

    def sql(self, script: str) -> None:
        command = [self.client, "--no-defaults", f"--socket={self.socket}", "-u", "root"]
        subprocess.run(command, input=script, check=True, capture_output=True, text=True)

    def url(self, name: str) -> str:
        return f"mysql+pymysql://wordpress:hemmelig@127.0.0.1:{self.port}/{name}"


@contextlib.contextmanager
def mariadb() -> Iterator[MariaDB]:
    server = need("mariadbd", "mariadb-server")
    install = need("mariadb-install-db", "mariadb-server")
    client = need("mariadb", "mariadb-server")
    with _folder("mysql") as folder:
        data, port, path = folder / "data", free_port(), folder / "s"
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": "/"}
        # A server that starts deletes the temporary tables of all others in its folder for them.
        own_folder = f"--tmpdir={folder}"
        prepare = [
            install,
            "--no-defaults",
            f"--datadir={data}",
            own_folder,
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            "--innodb-use-native-aio=0",  # its queues are counted for the whole machine
        ]
        _quietly(_as("mysql", *prepare))
        options = [
            f"--datadir={data}",
            own_folder,
            f"--port={port}",
            "--bind-address=127.0.0.1",
            "--innodb-use-native-aio=0",
            f"--socket={path}",
            "--innodb-buffer-pool-size=32M",
            f"--pid-file={folder}/pid",
        ]
        process = subprocess.Popen(_as("mysql", server, "--no-defaults", *options), **quiet)
        started = MariaDB(port, client, path)

        def ready() -> bool:
            with contextlib.suppress(subprocess.CalledProcessError):
                started.sql("SELECT 1")
                return True
            return False

        try:
            wait_until(ready, "MariaDB answers")
            yield started
        finally:
            process.terminate()
            process.wait(300)


@dataclass
class Postfix:
    port: int
    log: Path
    maildir: Path

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"


_MASTER = """
{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
discard unix - - n - - discard
error unix - - n - - error
virtual unix - n n - - virtual
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""
_MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = relay.example
mydestination =
mynetworks = 127.0.0.0/8
default_transport = discard
relay_transport = discard
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_client_connection_count_limit = 0
maillog_file = {folder}/log
maillog_file_prefixes = /tmp
maillog_file_permissions = 0644
"""


# Mail to the reports' address goes into a Maildir; what these domains or addresses get, it returns.
_RETURNING = """
smtpd_reject_unlisted_recipient = no
transport_maps = inline:{{ {{ retur@dinbedrift.example = virtual: }}, {maps} }}
virtual_mailbox_domains =
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = static:in/
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
"""


@contextlib.contextmanager
def postfix(returns: Iterable[str] = ()) -> Iterator[Postfix]:
    """A relay that accepts everything from here and throws it away, logging as relays do.

    It returns what is for the addresses in `returns`, as a server that does not know them would.
    """
    program = need("postfix", "postfix")
    if not _ROOT:
        lacking("Postfix needs root")
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="kt-", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        for part in ("conf", "queue", "data"):
            (folder / part).mkdir()
        (folder / "mail").mkdir()
        shutil.chown(folder / "mail", "nobody")
        shutil.chown(folder / "data", "postfix")
        maps = ", ".join(f"{{ {address} = error:5.1.1 user unknown }}" for address in returns)
        returning = _RETURNING.format(folder=folder, maps=maps) if maps else ""
        (folder / "conf" / "main.cf").write_text(_MAIN.format(folder=folder) + returning)
        (folder / "conf" / "master.cf").write_text(_MASTER.format(port=f"127.0.0.1:{port}"))
        command = [program, "-c", str(folder / "conf")]
        done = subprocess.run([*command, "start"], check=False, capture_output=True, text=True)
        try:
            assert done.returncode == 0, done.stdout + done.stderr
            yield Postfix(port, folder / "log", folder / "mail" / "in")
        finally:
            subprocess.run([*command, "stop"], check=False, capture_output=True)
