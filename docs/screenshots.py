"""Renew README's pictures, docs/images/: the site of this repository on a desktop and on a phone.

Takes Debian's Chromium and the environment of `make setup`. Run it by `make screenshots`.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import Browser

HOUSE = Path(__file__).resolve().parents[1]
DAY = "2026-12-01"  # one version is in force, another to come
# By its name: what a desktop shows and what a phone does.
PICTURES = {
    "in-force": ("index.html", "index.html"),
    "changes": ("versjon/2.0/endringer/index.html#rettigheter", "versjon/2.0/endringer/index.html"),
}
DESKTOP, PHONE, GAP = (1040, 680), (390, 680), 24  # CSS pixels
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
FRAME = """<style>
body {{ margin: 0; padding: 24px; display: flex; gap: 24px; align-items: end; background: #e9edf2 }}
img {{ border-radius: 8px }}
</style>
<img src="data:image/png;base64,{}"><img src="data:image/png;base64,{}">"""


def main() -> None:
    """Build the site beside out/, which stays as it is, and photograph it."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        build = [sys.executable, str(HOUSE / "build.py"), "build", "--out", folder, "--today", DAY]
        subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        root = (Path(folder) / "site").absolute().as_uri()
        for name, pages in PICTURES.items():
            picture = HOUSE / "docs" / "images" / f"{name}.png"
            picture.write_bytes(_side_by_side(browser, [f"{root}/{page}" for page in pages]))
            print(f"{picture.relative_to(HOUSE)}  {picture.stat().st_size // 1000} kB")
        browser.close()


def _side_by_side(browser: Browser, addresses: list[str]) -> bytes:
    pairs = zip(addresses, (DESKTOP, PHONE), strict=True)
    shots = [b64encode(_shot(browser, address, size)).decode() for address, size in pairs]
    width = DESKTOP[0] + PHONE[0] + 3 * GAP
    page = browser.new_page(viewport={"width": width, "height": DESKTOP[1] + 2 * GAP})
    page.set_content(FRAME.format(*shots))
    picture = page.screenshot()
    page.close()
    return picture


def _shot(browser: Browser, address: str, size: tuple[int, int]) -> bytes:
    page = browser.new_page(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")
    page.goto(address)
    picture = page.screenshot()
    page.close()
    return picture


if __name__ == "__main__":
    main()
