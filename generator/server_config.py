"""Configuration files for three kinds of web server: the headers and the types that every file needs.

Each has rules of quoting of its own. The values from a policy are an origin and a path, whose characters need
none (`policy/web_addresses.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from generator.context import SiteContext
from generator.page_models import ServerConfig
from policy.web_addresses import get_origin

# Nothing loaded from or sent to any other site, and no scripts but our own. Every page says so itself, for
# hosts that send no headers; browsers accept no directive about frames from a page.
META_CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; require-trusted-types-for 'script'"
)
HEADERS = (
    ("Content-Security-Policy", f"{META_CONTENT_SECURITY_POLICY}; frame-ancestors 'none'"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Embedder-Policy", "require-corp"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
# A browser asks every time whether a page is still the same, or an announcement would be invisible for days.
CACHE_CONTROL = "no-cache"
# The names of assets contain a hash of their content.
ASSETS_CACHE_CONTROL = "public, max-age=31536000, immutable"
# What the members' pages load from another host of the same site: the notices, and the data behind them.
SHARED_PATHS = ("api/*", "notice.js")
ORIGIN_HEADER = "Access-Control-Allow-Origin"
# `_headers` cannot tell several origins apart, and names them in comments.
_ORIGIN_COMMENT = "# Origin"
# The types of files by suffix. A feed has the suffix of other XML, and is known by its name.
CONTENT_TYPES = {
    "html": "text/html",
    "htm": "text/html",
    "css": "text/css",
    "js": "text/javascript",
    "json": "application/json",
    "jsonld": "application/ld+json",
    "xml": "application/xml",
    "svg": "image/svg+xml",
    "txt": "text/plain",
    "png": "image/png",
}
FEED_NAME = "feed.xml"
FEED_TYPE = "application/atom+xml"
_TEMPLATES = {"_headers": "headers.j2", ".htaccess": "htaccess.j2", "nginx.conf": "nginx.conf.j2"}
# What is for servers, and not for readers.
CONFIGURATION_FILES = tuple(_TEMPLATES)


def render_server_files(site: SiteContext) -> dict[str, str]:
    """Render the files that web servers read, by their path in the site."""
    config = ServerConfig(
        base_path=urlsplit(site.base_url).path,
        headers={**dict(HEADERS), "Cache-Control": CACHE_CONTROL},
        asset_headers={"Cache-Control": ASSETS_CACHE_CONTROL},
        shared_headers={"Cross-Origin-Resource-Policy": "same-site"},
        shared_paths=SHARED_PATHS,
        origins=_list_origins(site),
        content_types=CONTENT_TYPES,
        text_types={suffix: text_type for suffix, text_type in CONTENT_TYPES.items() if suffix != "png"},
        folders_without_page=list(_list_folders_without_page(site)),
        feed_paths=[site.urls.feed_path(locale) for locale in site.locales],
        feed_name=FEED_NAME,
        feed_type=FEED_TYPE,
        configuration_files=CONFIGURATION_FILES,
    )
    return {
        path: site.renderer.render_unescaped(f"server/{template}", config=config)
        for path, template in _TEMPLATES.items()
    }


def _list_folders_without_page(site: SiteContext) -> Iterator[str]:
    """Yield the folders that only hold others, without a final slash."""
    yield from ("api", "assets")
    for locale in site.locales:
        for path in (site.urls.version_path(locale, ""), site.urls.cumulative_changes_path(locale, "")):
            yield path.rstrip("/")


def read_origins(headers_file: str) -> tuple[str, ...]:
    """Return the origins that may read the shared paths, from the text of a `_headers` file."""
    lines = [line.strip().partition(": ") for line in headers_file.splitlines()]
    several = tuple(value for name, _, value in lines if name == _ORIGIN_COMMENT)
    return several or tuple(value for name, _, value in lines if name == ORIGIN_HEADER)[:1]


def _list_origins(site: SiteContext) -> Sequence[str]:
    """Return the origins that may read the shared paths, each once.

    The first is that of the controller's website, where members log in. It need not be the policy's own
    origin, which may read everything anyway.
    """
    settings = site.log.policy.settings
    first = str(settings.controller.website or site.base_url)
    return list(dict.fromkeys(map(get_origin, (first, *settings.allowed_origins))))
