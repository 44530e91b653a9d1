"""Renew the pictures of README and of the editors' pages, docs/images/, from this repository.

Takes Debian's Chromium, the environment of `make setup`, the packages of npm: run it by `make screenshots`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from base64 import b64encode
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

REPOSITORY = Path(__file__).resolve().parents[1]
DAY = "2026-12-01"  # one version is in force, another to come
# By its name: what a desktop shows and what a phone does.
PICTURES = {
    "in-force": ("index.html", "index.html"),
    "changes": ("versjon/2.0/endringer/index.html#rettigheter", "versjon/2.0/endringer/index.html"),
}
SMALL = {
    "changes.en": "en/version/2.0/changes/index.html#rettigheter",
    "changelog.nb": "endringslogg/index.html#v3.0",
    "changelog.en": "en/changelog/index.html#v3.0",
}
# What an editor does in the pictures: other words in both languages, and in the facts a longer period.
EDITS = {
    "nb/06-sletting.md": ("Vi har rutiner for å slette", "Vi har faste rutiner for å slette"),
    "en/06-sletting.md": ("We have routines for erasing", "We have fixed routines for erasing"),
    "facts/retention.yaml": (
        "data: [contact, ip, usage]\n  period: P2Y",
        "data: [contact, ip]\n  period: P3Y",
    ),
}
SLIP = {"nb/06-sletting.md": ("{{ retention.main.period }}", "{{ retention.mian.period }}")}
LEND = (Path(__file__).parent / "lend.js").read_text(encoding="utf-8")
DESKTOP, PHONE, NARROW, GAP = (1040, 680), (390, 680), (960, 600), 24  # CSS pixels
WIDE = (1160, 660)  # the admin page lays two languages side by side from 1024 on
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
PLAIN_GIT = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
TERMINAL = "<pre style='font: 14px/1.5 monospace; margin: 16px; white-space: pre-wrap'>{}</pre>"
FRAME = """<style>
body {{ margin: 0; padding: 24px; display: flex; gap: 24px; align-items: end; background: #e9edf2 }}
img {{ border-radius: 8px }}
</style>
<img src="data:image/png;base64,{}"><img src="data:image/png;base64,{}">"""


def main() -> None:
    """Build the site beside out/, which stays as it is, edit a clone, and photograph both."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        _site(browser, Path(folder))
        _desk(browser, Path(folder) / "clone")
        browser.close()


def _keep(name: str, picture: bytes) -> None:
    place = REPOSITORY / "docs" / "images" / f"{name}.png"
    place.write_bytes(picture)
    print(f"{place.relative_to(REPOSITORY)}  {len(picture) // 1000} kB")


def _site(browser: Browser, folder: Path) -> None:
    _command("build", "--out", folder, "--today", DAY)
    root = (folder / "site").absolute().as_uri()
    for name, pages in PICTURES.items():
        _keep(name, _side_by_side(browser, [f"{root}/{page}" for page in pages]))
    for name, page in SMALL.items():
        _keep(name, _shot(browser, f"{root}/{page}", NARROW))


def _desk(browser: Browser, clone: Path) -> None:
    """Photograph what an editor has: admin page, preview, an error in it, a note laid out."""
    subprocess.run(["git", "clone", "--quiet", REPOSITORY, clone], check=True, env=PLAIN_GIT)
    with _served(clone) as address:
        _keep("admin", _forms(browser, f"{address}admin/", clone))
        _edit(clone, EDITS)
        for language in ("nb", "en"):
            _keep(f"preview.{language}", _preview(browser, address, language))
        _edit(clone, SLIP)
        _keep("preview-error", _shot(browser, address, (NARROW[0], 190)))
    subprocess.run(["git", "-C", clone, "checkout", "--quiet", "content/nb"], check=True, env=PLAIN_GIT)
    _edit(clone, {"nb/06-sletting.md": EDITS["nb/06-sletting.md"]})
    _keep("note", _note(browser, clone))


def _command(*words: object) -> str:
    command = [sys.executable, str(REPOSITORY / "build.py"), *map(str, words)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@contextmanager
def _served(source: Path) -> Iterator[str]:
    command = [
        sys.executable,
        "-u",
        str(REPOSITORY / "build.py"),
        "serve",
        "--source",
        str(source),
        "--port",
        "0",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            yield server.stdout.readline().split()[1]
        finally:
            server.terminate()


def _edit(source: Path, edits: dict[str, tuple[str, str]]) -> None:
    for name, (old, new) in edits.items():
        path = source / "content" / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{name} has moved on: mend EDITS"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")


def _forms(browser: Browser, address: str, source: Path) -> bytes:
    """Lend the page a folder of the browser's own: the picker is a window of the desktop."""
    page = _page(browser, WIDE)
    page.add_init_script("window.showDirectoryPicker = () => navigator.storage.getDirectory()")
    page.goto(address)
    content = (path for path in (source / "content").rglob("*") if path.is_file())
    files = {str(path.relative_to(source)): path.read_text(encoding="utf-8") for path in content}
    page.evaluate(LEND, {**files, ".git/HEAD": "ref: refs/heads/main\n"})
    page.get_by_role("button", name="Local Repository").click()
    page.get_by_text("Lagringstid og sletting").click()
    page.locator("textarea[lang=en]").wait_for()
    page.wait_for_timeout(1_500)  # the list fades away behind the form
    return _taken(page)


def _preview(browser: Browser, address: str, language: str) -> bytes:
    """Show what the edit makes: its errors, its draft, its redline. All else is left out of the picture."""
    page = _page(browser, (NARROW[0], 640))
    page.goto(address)
    page.evaluate(
        """language => {
          const edited = [...document.querySelectorAll("main > section li")];
          for (const item of edited) if (!item.textContent.startsWith("error")) item.remove();
          for (const desk of document.querySelectorAll(".desk")) if (desk.lang !== language) desk.remove();
          for (const part of document.querySelectorAll(".desk article > section"))
            if (part.id && !part.id.includes("sletting")) part.remove();
        }""",
        language,
    )
    return _taken(page)


def _note(browser: Browser, source: Path) -> bytes:
    said = _command("note", "--source", source, "--today", DAY)
    laid_out = (source / said.split()[-1]).read_text(encoding="utf-8")
    page = _page(browser, (NARROW[0], 370))
    page.set_content(TERMINAL.format(escape(f"$ python build.py note\n{said}\n{laid_out}")))
    return _taken(page)


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
    page = _page(browser, size)
    page.goto(address)
    return _taken(page)


def _page(browser: Browser, size: tuple[int, int]) -> Page:
    return browser.new_page(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")


def _taken(page: Page) -> bytes:
    picture = page.screenshot()
    page.close()
    return picture


if __name__ == "__main__":
    main()
