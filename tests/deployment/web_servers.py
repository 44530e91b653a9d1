"""Real nginx and Apache that serve a site with the configuration that it brings, unless a test changes it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.helpers.web_servers import run_apache, run_nginx

PATH = "/personvern/"
KINDS = ("apache", "nginx")


def _keep(text: str) -> str:
    return text


@contextmanager
def serve_site(
    kind: str, site: Path, folder: Path, built: Path, change: Callable[[str], str] = _keep
) -> Iterator[str]:
    """Serve a site with its own configuration until the block ends; yield its address.

    `site` is what a deployment makes of `built`, the folder of a site; it need not exist yet. `folder` is for
    the server. `change` changes the lines of its configuration, and those that the site brings.
    """
    (folder / "www").mkdir(parents=True, exist_ok=True)
    (folder / "www" / "index.html").write_text("the rest of the host")
    if kind == "nginx":
        snippet = folder / "klartekst.conf"
        snippet.write_text(change((built / "nginx.conf").read_text()))
        lines = f"root {folder}/www;\nset $klartekst_site {site};\ninclude {snippet};\n"
        with run_nginx(folder, lines) as server:
            yield f"http://127.0.0.1:{server.port}{PATH}"
    else:
        lines = (
            f'DocumentRoot "{folder}/www"\nAlias "{PATH[:-1]}" "{site}"\n'
            f'<Directory "{site.parent}">\n'
            "  AllowOverride FileInfo Indexes\n  Options FollowSymLinks\n  Require all granted\n"
            "</Directory>\n"
            f'<Directory "{folder}/www">\n  Require all granted\n</Directory>\n'
        )
        if change is not _keep:
            own = site / ".htaccess"
            own.write_text(change(own.read_text()))
        with run_apache(folder, change(lines)) as server:
            yield f"http://127.0.0.1:{server.port}{PATH}"


def copy_output(out: Path, folder: Path) -> Path:
    """Copy the output of a build with its links; return the folder of the site."""
    shutil.rmtree(folder, ignore_errors=True)
    return shutil.copytree(out, folder, symlinks=True) / "site"
