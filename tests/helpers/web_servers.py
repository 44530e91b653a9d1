"""Real nginx and Apache on loopback, each with a configuration of a test and nothing of the machine's own."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.helpers.ports import free_port
from tests.helpers.programs import require_program
from tests.helpers.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

# Those that Debian's package enables, which `a2enmod` is not needed for.
APACHE_MODULES = ("authz_core", "dir", "mime", "alias", "autoindex", "setenvif", "deflate", "negotiation")
_APACHE_MODULES_FOLDER = Path("/usr/lib/apache2/modules")
# No access outside of the folders that a configuration names, nor to .htaccess, as in Debian.
_APACHE_DEFAULTS = """
<Directory />
  AllowOverride None
  Require all denied
</Directory>
<FilesMatch "^\\.ht">
  Require all denied
</FilesMatch>
"""
# Debian's own, so that the types of a site do not depend on what else the machine has.
_MIME_TYPES = Path("/etc/mime.types")


@dataclass(frozen=True)
class Answer:
    """What a server answers: its headers by name in lower case, repeated ones in one list."""

    status: int
    headers: Mapping[str, Sequence[str]]
    body: bytes

    def get_header(self, name: str) -> str:
        """Return the value of a header, which is sent once; empty if it is not sent."""
        values = self.headers.get(name.lower(), [])
        assert len(values) <= 1, f"{name} is sent {len(values)} times: {values}"
        return values[0] if values else ""


@dataclass(frozen=True)
class WebServer:
    """A running server. Its origin has a host name: to Chromium, two ports of one address are two sites."""

    port: int
    error_log: Path

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.port}"

    def get(self, path: str, headers: Mapping[str, str] | None = None, method: str = "GET") -> Answer:
        """Send a request; follow no redirect."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        try:
            connection.request(method, path, headers={"Host": f"localhost:{self.port}", **(headers or {})})
            response = connection.getresponse()
            sent: dict[str, list[str]] = {}
            for name, value in response.getheaders():
                sent.setdefault(name.lower(), []).append(value)
            return Answer(response.status, sent, response.read())
        finally:
            connection.close()


@contextmanager
def make_public_folder() -> Iterator[Path]:
    """Make a folder that servers may read, whichever user they run as; remove it when the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="klartekst-web-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def run_nginx(folder: Path, server_lines: str, http_lines: str = "") -> Iterator[WebServer]:
    """Run nginx with these lines in its server block; relative includes are below `folder`."""
    port, nginx = free_port(), require_program("nginx", "nginx-light")
    user = "user www-data;\n" if os.geteuid() == 0 else ""
    paths = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"  {name}_temp_path {folder}/{name};\n" for name in paths)
    config = folder / "nginx-main.conf"
    config.write_text(
        f"{user}daemon off;\nworker_processes 1;\npid {folder}/nginx.pid;\nevents {{}}\n"
        f"http {{\n  access_log off;\n{temporary}{http_lines}\n"
        f"  server {{\n    listen 127.0.0.1:{port};\n{server_lines}\n  }}\n}}\n"
    )
    error_log = folder / "nginx-error.log"
    words = (nginx, "-p", str(folder), "-e", str(error_log), "-c", str(config))
    with _run_server(words, WebServer(port, error_log)) as server:
        yield server


@contextmanager
def run_apache(
    folder: Path, lines: str, modules: Sequence[str] = ("headers",), *, with_php: bool = False
) -> Iterator[WebServer]:
    """Run Apache with these lines, and with these modules besides those that Debian enables."""
    port, apache = free_port(), require_program("apache2", "apache2-bin")
    processes = "mpm_prefork" if with_php else "mpm_event"
    loaded = {name: f"mod_{name}.so" for name in (processes, *APACHE_MODULES, *modules)}
    if with_php:
        loaded["php"] = _find_php_module()
    user = "User www-data\nGroup www-data\n" if os.geteuid() == 0 else ""
    config, error_log = folder / "apache-main.conf", folder / "apache-error.log"
    config.write_text(
        "".join(
            f"LoadModule {name}_module {_APACHE_MODULES_FOLDER / file}\n" for name, file in loaded.items()
        )
        + f"{user}ServerRoot {folder}\nServerName localhost\nListen 127.0.0.1:{port}\n"
        f"PidFile {folder}/apache.pid\nDefaultRuntimeDir {folder}\n"
        f"ErrorLog {error_log}\nTypesConfig {_MIME_TYPES}\n{_APACHE_DEFAULTS}\n{lines}\n"
    )
    words = (apache, "-D", "FOREGROUND", "-f", str(config))
    with _run_server(words, WebServer(port, error_log)) as server:
        yield server


def _find_php_module() -> str:
    found = sorted(_APACHE_MODULES_FOLDER.glob("libphp*.so"))
    if not found:
        require_program("libapache2-mod-php", "libapache2-mod-php")
    return found[-1].name


@contextmanager
def _run_server(words: Sequence[str], server: WebServer) -> Iterator[WebServer]:
    """Run a server until the block ends; fail with its error log if it does not start."""
    output = server.error_log.with_suffix(".out")
    with output.open("wb") as log:
        started = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )

    def answers() -> bool:
        if started.poll() is not None:
            raise AssertionError(output.read_text() + server.error_log.read_text())
        try:
            server.get("/")
        except ConnectionRefusedError:
            return False
        return True

    try:
        wait_until(answers, f"{words[0]} answers")
        yield server
    finally:
        if started.poll() is None:
            os.killpg(started.pid, signal.SIGTERM)
        started.wait(timeout=300)
