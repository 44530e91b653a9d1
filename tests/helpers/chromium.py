"""Debian's Chromium, driven by Playwright, without requests of its own to the network.

It is the one that can have no window, `chromium-headless-shell`: a page in a new context takes a third of the
CPU time that it takes in `chromium --headless`, which makes ready all that a window would show around it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from tests.helpers.programs import require_program

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)


@contextmanager
def run_chromium() -> Iterator[Browser]:
    """Start Chromium; stop it when the block ends."""
    name = "chromium-headless-shell"
    path = require_program(name, package=name)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS), timeout=300_000)
        try:
            yield browser
        finally:
            browser.close()
