"""Configuration files for three kinds of web server: the security headers that every page needs.

Each has rules of quoting of its own. The values from a policy are an origin and a path, whose characters need
none (`policy/web_addresses.py`).
"""

from __future__ import annotations

from urllib.parse import urlsplit

from generator.context import SiteContext
from generator.page_models import ServerConfig
from policy.web_addresses import get_origin

# No scripts but our own, no frames, nothing loaded from or sent to any other site.
_CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'"
)
HEADERS = (
    ("Content-Security-Policy", _CONTENT_SECURITY_POLICY),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Embedder-Policy", "require-corp"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
# What the members' pages load from another host of the same site: the notices, and the data behind them.
SHARED_PATHS = ("api/*", "notice.js")
_TEMPLATES = {"_headers": "headers.j2", ".htaccess": "htaccess.j2", "nginx.conf": "nginx.conf.j2"}


def render_server_files(site: SiteContext) -> dict[str, str]:
    """Render the files that web servers read, by their path in the site."""
    origin = _find_members_origin(site)
    config = ServerConfig(HEADERS, SHARED_PATHS, origin, urlsplit(site.base_url).path)
    return {
        path: site.renderer.render_unescaped(f"server/{template}", config=config)
        for path, template in _TEMPLATES.items()
    }


def _find_members_origin(site: SiteContext) -> str:
    """Return the one other origin that may read the shared paths: that of the controller's website.

    Members log in there. It need not be the policy's own origin, which may read everything anyway.
    """
    website = site.log.policy.settings.controller.website
    return get_origin(str(website or site.base_url))
