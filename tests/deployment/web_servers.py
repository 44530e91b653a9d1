"""Real nginx and Apache on loopback, with a configuration as an administrator writes it for a deployed site.

The site is at /personvern/ of a host that has other pages, too. A fault replaces a part of the configuration.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from generator.server_config import HEADERS
from tests.helpers.ports import free_port
from tests.helpers.programs import require_program
from tests.helpers.waiting import wait_until

PATH = "/personvern/"
MEMBERS_ORIGIN = "https://example.no"
_ASSETS = "public, max-age=31536000, immutable"
_TYPES = {
    "text/html": "html htm",
    "text/css": "css",
    "text/javascript": "js",
    "application/json": "json",
    "application/ld+json": "jsonld",
    "application/atom+xml": "xml",
    "image/svg+xml": "svg",
    "text/plain": "txt",
}


def _list_headers(path: str) -> dict[str, str]:
    """Return the headers of a part of the site."""
    headers = {**dict(HEADERS), "Cache-Control": _ASSETS if path == "assets/" else "no-cache"}
    if path == "api/":
        headers |= {
            "Cross-Origin-Resource-Policy": "same-site",
            "Access-Control-Allow-Origin": MEMBERS_ORIGIN,
        }
    return headers


def write_nginx_configuration(site: Path, port: int, folder: Path) -> str:
    """Return the configuration of an nginx that serves `site` at /personvern/."""

    def write_headers(path: str) -> str:
        return "\n".join(
            f'add_header {name} "{value}" always;' for name, value in _list_headers(path).items()
        )

    types = "\n".join(f"{kind} {names};" for kind, names in _TYPES.items())
    return f"""
{"user root;" if os.geteuid() == 0 else ""}
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{
    listen 127.0.0.1:{port};
    root {folder}/www;
    location ^~ {PATH} {{
      alias {site}/;
      index index.html;
      absolute_redirect off;
      error_page 403 404 {PATH}404.html;
      types {{ {types} }}
      charset utf-8;
      charset_types text/html text/plain application/atom+xml;
      location ~ /(_headers|\\.htaccess|nginx\\.conf)$ {{ return 404; }}
      {write_headers("")}
      location {PATH}assets/ {{ alias {site}/assets/; {write_headers("assets/")} }}
      location {PATH}api/ {{ alias {site}/api/; {write_headers("api/")} }}
      location = {PATH}notice.js {{ alias {site}/notice.js; {write_headers("api/")} }}
    }}
  }}
}}
"""


def write_apache_configuration(site: Path, port: int, folder: Path) -> str:
    """Return the configuration of an Apache that serves `site` at /personvern/."""

    def write_headers(path: str) -> str:
        return "\n".join(f'Header always set {name} "{value}"' for name, value in _list_headers(path).items())

    modules = ["mpm_event", "authz_core", "dir", "mime", "headers", "alias", "autoindex"]
    loaded = "\n".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so" for name in modules)
    types = "\n".join(
        f"AddType {kind} {' '.join(f'.{name}' for name in names.split())}" for kind, names in _TYPES.items()
    )
    return f"""
ServerRoot {folder}
ServerName localhost
Listen 127.0.0.1:{port}
PidFile {folder}/apache.pid
ErrorLog {folder}/error.log
DefaultRuntimeDir {folder}
{loaded}
TypesConfig /dev/null
DocumentRoot {folder}/www
Alias {PATH} {site}/
<Directory {site}>
  Require all granted
  DirectoryIndex index.html
  Options FollowSymLinks
  AllowOverride None
  ErrorDocument 404 {PATH}404.html
  ErrorDocument 403 {PATH}404.html
  AddDefaultCharset utf-8
  AddCharset utf-8 .xml
  {types}
  RedirectMatch 404 ^{PATH}(_headers|\\.htaccess|nginx\\.conf)$
</Directory>
<Location {PATH}>
  {write_headers("")}
</Location>
<Location {PATH}assets/>
  {write_headers("assets/")}
</Location>
<LocationMatch ^{PATH}(api/|notice\\.js)>
  {write_headers("api/")}
</LocationMatch>
"""


WRITERS: dict[str, Callable[[Path, int, Path], str]] = {
    "nginx": write_nginx_configuration,
    "apache": write_apache_configuration,
}
_PROGRAMS = {"nginx": ("nginx", "nginx-light"), "apache": ("apache2", "apache2-bin")}


@contextmanager
def serve_site(
    kind: str, site: Path, folder: Path, change: Callable[[str], str] = lambda text: text
) -> Iterator[str]:
    """Serve a site with a real server until the block ends; yield its address. `change` makes a fault."""
    program = require_program(*_PROGRAMS[kind])
    port = free_port()
    (folder / "www").mkdir(parents=True, exist_ok=True)
    (folder / "www" / "index.html").write_text("another site")
    config = folder / f"{kind}.conf"
    config.write_text(change(WRITERS[kind](site, port, folder)))
    options = ("-p", folder, "-c", config) if kind == "nginx" else ("-DFOREGROUND", "-f", config)
    server = subprocess.Popen([program, *options], stderr=subprocess.PIPE, start_new_session=True)
    try:
        wait_until(lambda: _is_listening(port) or server.poll() is not None, f"{kind} listens")
        assert server.poll() is None, server.stderr.read()
        yield f"http://127.0.0.1:{port}{PATH}"
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
        server.stderr.close()


def _is_listening(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
