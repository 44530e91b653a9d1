"""Every kind of page as real nginx serves it with the site's own configuration, and opened as a file.

No console message, no blocked request: the policy in the headers and in `<meta>` allows what pages need.
"""

from __future__ import annotations

import json
import shutil
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from generator.server_config import HEADERS, META_CONTENT_SECURITY_POLICY
from tests.browser.pages.conftest import Site
from tests.helpers.quoted_code import read_quoted_code
from tests.helpers.web_servers import WebServer, make_public_folder, run_nginx

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMES = ["draft", "own"]


@pytest.fixture(scope="module")
def served(folders) -> Iterator[dict[str, Site]]:
    """Run nginx for the three sites, each on a host of its own."""
    with ExitStack() as stack:
        yield {
            name: Site(out / "site", stack.enter_context(_run_nginx(out)).origin + _get_root(out))
            for name, out in ((name, folders[name].parent) for name in NAMES)
        }


def _get_root(out: Path) -> str:
    base_url: str = json.loads((out / "site" / "api" / "versions.json").read_bytes())["base_url"]
    return urlsplit(base_url).path


@contextmanager
def _run_nginx(out: Path) -> Iterator[WebServer]:
    """Run nginx in front of a copy of a site that every user may read."""
    with make_public_folder() as folder:
        site = shutil.copytree(out, folder / "policy", symlinks=True) / "site"
        (folder / "snippets").mkdir()
        shutil.copy(site / "nginx.conf", folder / "snippets" / "klartekst.conf")
        lines = read_quoted_code("website.md", "nginx-server.conf")
        with run_nginx(folder, lines.replace("/srv/policy/site", str(site))) as server:
            yield server


def collect_complaints(page) -> list[str]:
    """Return a list that fills with what the browser complains of.

    A request that ended because the test left its page, such as the one for the icon, was not blocked.
    """
    found: list[str] = []
    page.on("console", lambda line: found.append(f"{page.url}: {line.text}"))
    page.on("pageerror", lambda error: found.append(f"{page.url}: {error}"))
    page.on(
        "requestfailed",
        lambda request: (
            request.failure == "net::ERR_ABORTED"
            or found.append(f"{page.url}: {request.url} {request.failure}")
        ),
    )
    page.on(
        "response",
        lambda answer: answer.status >= 400 and found.append(f"{page.url}: {answer.url} {answer.status}"),
    )
    return found


def is_styled(page) -> bool:
    """Return whether the style sheet is in use: it moves the link that only keyboards reach."""
    return page.locator("a.skip").evaluate("link => getComputedStyle(link).position === 'absolute'")


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_blocked_on_pages_that_nginx_serves(served, reader, name):
    site, complaints = served[name], collect_complaints(reader)
    for page in site.kinds():
        reader.goto(site.address + page)
        assert is_styled(reader), page
    assert complaints == []


def test_nothing_is_blocked_when_a_reader_checks_the_log(served, reader):
    complaints = collect_complaints(reader)
    reader.goto(f"{served['own'].address}endringslogg/kontroll/")
    reader.click("#_check button")
    reader.wait_for_selector("#_result .fits")
    assert complaints == []


def test_nothing_is_blocked_on_pages_that_are_opened_as_files(folders, reader):
    site, complaints = Site(folders["draft"], ""), collect_complaints(reader)
    # The links of the 404 page begin with a slash: a server shows it at any address.
    for page in (page for page in site.kinds() if page != "404.html"):
        reader.goto((site.folder / page / "index.html").as_uri())
        assert is_styled(reader), page
    assert complaints == []


@pytest.mark.parametrize("name", NAMES)
def test_every_page_has_the_policy_that_its_headers_have_but_for_frames(folders, name):
    header = dict(HEADERS)["Content-Security-Policy"]
    tag = f'<meta http-equiv="Content-Security-Policy" content="{META_CONTENT_SECURITY_POLICY}">'
    assert header == f"{META_CONTENT_SECURITY_POLICY}; frame-ancestors 'none'"
    site = Site(folders[name], "")
    for page in site.pages():
        file = site.folder / page
        text = (file / "index.html" if file.is_dir() else file).read_text("utf-8")
        # Before anything that loads something.
        assert text.index(tag) < min(text.index("<link"), text.index("<script")), page
