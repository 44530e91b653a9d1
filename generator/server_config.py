"""What a web server must say with every page: security headers for three kinds of host."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from generator.context import SiteContext

# No cookies, no scripts but our own, no frames, nothing from or to anybody else (contract §5).
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'"
)
HEADERS = (
    ("Content-Security-Policy", _POLICY),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Embedder-Policy", "require-corp"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
# What another host of the same site loads: the notices on the members' pages, and the data behind them.
SHARED = ("api/*", "notice.js")
_FILES = {"_headers": "headers.j2", ".htaccess": "htaccess.j2", "nginx.conf": "nginx.conf.j2"}


def render_server_files(edition: SiteContext) -> dict[str, str]:
    """Print the files that servers read, by their path in the site."""
    values = {
        "headers": HEADERS,
        "shared": SHARED,
        "origin": _members_origin(edition),
        "root": urlsplit(edition.base_url).path,
    }
    return {
        path: edition.renderer.render_unescaped(f"server/{template}", values)
        for path, template in _FILES.items()
    }


def _members_origin(edition: SiteContext) -> str:
    """Give the one origin that may read what is shared: that of the controller's website, where members are.

    It need not be the policy's own: that one may read everything as it is.
    """
    website = edition.log.policy.settings.controller.website
    address = urlsplit(str(website or edition.base_url))
    return f"{address.scheme}://{address.netloc}"
