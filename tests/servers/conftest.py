"""A deployed policy, and the servers of docs/website.md in front of it, each configured as the page says."""

from __future__ import annotations

import os
import subprocess
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from generator.server_config import (
    ASSETS_CACHE_CONTROL,
    CACHE_CONTROL,
    CONFIGURATION_FILES,
    CONTENT_TYPES,
    FEED_TYPE,
    HEADERS,
)
from tests.helpers.in_process import build
from tests.helpers.quoted_code import read_quoted_code
from tests.helpers.web_servers import Answer, WebServer, make_public_folder, run_apache, run_nginx

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = "/personvern/"
NOWHERE = [
    "nowhere",
    "versjon/9.9/",
    "versjon",
    "assets/",
    "assets/style.0.css",
    "api/x.json",
]
# What administrators of a WordPress often have for all static files of the host.
STATIC_FILE_RULE = """
location / { try_files $uri $uri/ /index.html; }
location ~* \\.(css|js|png|svg|json|xml|txt)$ { expires 30d; add_header X-Static yes; }
location ~* \\.html$ { return 410; }
"""
# They keep opened files, and send types and times of their own.
HTTP_LINES = "include /etc/nginx/mime.types; open_file_cache max=1000; expires 1h; charset iso-8859-1;"
CACHING_PLUGIN = """
<IfModule mod_expires.c>
  ExpiresActive On
  ExpiresDefault "access plus 1 month"
</IfModule>
<FilesMatch "\\.(html|htm|css|js|json|xml|svg|txt)$">
  Header set Cache-Control "max-age=2592000, public"
  Header set X-Content-Type-Options "nosniff"
  Header set Content-Security-Policy "upgrade-insecure-requests"
  Header append Referrer-Policy "unsafe-url"
</FilesMatch>
<IfModule mod_rewrite.c>
  RewriteEngine On
  RewriteBase /
  RewriteRule ^index\\.php$ - [L]
  RewriteCond %{REQUEST_FILENAME} !-f
  RewriteCond %{REQUEST_FILENAME} !-d
  RewriteRule . /index.php [L]
</IfModule>
"""


@dataclass(frozen=True)
class ServedSite:
    """A server and the site behind it."""

    server: WebServer
    site: Path

    def get(self, path: str, headers: dict[str, str] | None = None) -> Answer:
        """Request a path below that of the policy."""
        return self.server.get(ROOT + path, headers)


def list_public_files(site: Path) -> list[str]:
    """Return the paths of all files for readers, in folders that are links as well."""
    return [
        str((Path(folder) / name).relative_to(site))
        for folder, _, names in os.walk(site, followlinks=True)
        for name in names
        if name not in CONFIGURATION_FILES
    ]


def list_headers(path: str) -> dict[str, str]:
    """Return the headers that a file has on every kind of host."""
    expected = {**dict(HEADERS), "Cache-Control": CACHE_CONTROL}
    if path.startswith("assets/"):
        expected["Cache-Control"] = ASSETS_CACHE_CONTROL
    if path.startswith("api/") or path == "notice.js":
        expected["Cross-Origin-Resource-Policy"] = "same-site"
        expected["Access-Control-Allow-Origin"] = "https://dinbedrift.no"
    return expected


def find_problems(served: ServedSite, path: str) -> list[str]:
    """Return what is wrong with the answer to a request for a file."""
    answer = served.get(path.removesuffix("index.html"))
    file = served.site / path
    kind = FEED_TYPE if file.name == "feed.xml" else CONTENT_TYPES[file.suffix[1:]]
    expected = {
        "Access-Control-Allow-Origin": "",
        "Expires": "",
        **list_headers(path),
        "Content-Type": kind if file.suffix == ".png" else f"{kind}; charset=utf-8",
    }
    found = {name: answer.get_header(name) for name in expected}
    problems = [
        f"{path}: {name} is {found[name]!r}" for name, value in expected.items() if found[name] != value
    ]
    if answer.status != 200 or answer.body != file.read_bytes():
        problems.append(f"{path}: {answer.status}")
    return problems


@pytest.fixture(scope="session")
def target(sample_history) -> Iterator[Path]:
    """A folder such as `deploy` leaves on a server, with all its links; `site` is what is served."""
    with make_public_folder() as folder:
        build(sample_history, folder / "policy", base_url=f"https://dinbedrift.no{ROOT}")
        yield folder / "policy"


def quote_for(name: str, target: Path, web_root: Path) -> str:
    """Return a block of docs/website.md, with the folders of the test in place of those of the page."""
    code = read_quoted_code("website.md", name)
    return code.replace("/srv/policy", str(target)).replace("/var/www/html", str(web_root))


def run_quoted_shell(name: str, target: Path, web_root: Path, snippets: Path) -> None:
    """Run a shell block of docs/website.md."""
    code = quote_for(name, target, web_root).replace("/etc/nginx/snippets", str(snippets))
    subprocess.run(["sh", "-eu", "-c", code], check=True)


@contextmanager
def run_documented_nginx(target: Path, server_lines: str = "", http_lines: str = "") -> Iterator[ServedSite]:
    """Run nginx as the page says, with more lines around."""
    with make_public_folder() as folder:
        (folder / "snippets").mkdir()
        (folder / "index.html").write_text("the rest of the host")
        run_quoted_shell("nginx-copy.sh", target, folder, folder / "snippets")
        lines = f"root {folder};\n{server_lines}\n{quote_for('nginx-server.conf', target, folder)}"
        with run_nginx(folder, lines, http_lines) as server:
            yield ServedSite(server, target / "site")


@contextmanager
def run_documented_apache(
    target: Path, name: str, more_options: str = "", **arguments: Any
) -> Iterator[ServedSite]:
    """Run Apache with one block of the page, and with more `Options` than it names."""
    with make_public_folder() as folder:
        web_root = folder / "html"
        web_root.mkdir()
        has_plugin = "rewrite" in arguments.get("modules", ())
        (web_root / ".htaccess").write_text(CACHING_PLUGIN if has_plugin else "")
        (web_root / "index.php").write_text("the rest of the host")
        run_quoted_shell("apache-link.sh", target, web_root, folder)
        block = quote_for(name, target, web_root).replace("  Options ", f"  Options {more_options} ")
        with run_apache(folder, f'DocumentRoot "{web_root}"\n{block}', **arguments) as server:
            yield ServedSite(server, target / "site")


SERVERS = {
    "nginx": run_documented_nginx,
    "nginx beside WordPress": lambda target: run_documented_nginx(target, STATIC_FILE_RULE, HTTP_LINES),
    "Apache in a web root": lambda target: run_documented_apache(target, "apache-web-root.conf"),
    "Apache beside WordPress with a caching plugin": lambda target: run_documented_apache(
        target, "apache-web-root.conf", modules=("headers", "rewrite", "expires")
    ),
    "Apache that lists folders": lambda target: run_documented_apache(
        target, "apache-web-root.conf", more_options="Indexes"
    ),
    "Apache with an alias": lambda target: run_documented_apache(target, "apache-alias.conf"),
}


@pytest.fixture(scope="session")
def running(target) -> Iterator[dict[str, ServedSite]]:
    """Every server."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(run(target)) for name, run in SERVERS.items()}


@pytest.fixture(params=SERVERS)
def served(running, request) -> ServedSite:
    """Each server in turn."""
    return running[request.param]
