"""Take the pictures of README and the editors' guides (docs/images/): `make screenshots`.

Needs Debian's Chromium, the environment of `make setup` and the npm packages.
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

from editing.message_language import load_message_language

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

REPOSITORY = Path(__file__).resolve().parents[1]
DAY = "2026-12-01"  # one version is in force, another is upcoming
# Picture → the page on a desktop and the page on a phone.
PICTURES = {
    "in-force": ("index.html", "index.html"),
    "changes": ("versjon/2.0/endringer/index.html#rettigheter", "versjon/2.0/endringer/index.html"),
}
NARROW_PICTURES = {
    "changes.en": "en/version/2.0/changes/index.html#rettigheter",
    "changelog.nb": "endringslogg/index.html#v3.0",
    "changelog.en": "en/changelog/index.html#v3.0",
}
# The edits in the pictures: other words in both languages, and a longer period in the facts.
EDITS = {
    "nb/06-sletting.md": ("Vi har rutiner for å slette", "Vi har faste rutiner for å slette"),
    "en/06-sletting.md": ("We have routines for erasing", "We have fixed routines for erasing"),
    "facts/retention.yaml": (
        "data: [contact, ip, usage]\n  period: P2Y",
        "data: [contact, ip]\n  period: P3Y",
    ),
}
TYPO = {"nb/06-sletting.md": ("{{ retention.main.period }}", "{{ retention.mian.period }}")}
COPY_FILES = (Path(__file__).parent / "copy_files_to_browser.js").read_text(encoding="utf-8")
DESKTOP, PHONE, NARROW, GAP = (1040, 680), (390, 680), (960, 600), 24  # CSS pixels
WIDE = (1160, 660)  # the admin page shows two languages side by side from 1024 pixels
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
PLAIN_GIT = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
TERMINAL = "<pre style='font: 14px/1.5 monospace; margin: 16px; white-space: pre-wrap'>{}</pre>"
FRAME = """<style>
body {{ margin: 0; padding: 24px; display: flex; gap: 24px; align-items: end; background: #e9edf2 }}
img {{ border-radius: 8px }}
</style>
<img src="data:image/png;base64,{}"><img src="data:image/png;base64,{}">"""


def main() -> None:
    """Photograph the site, built into a temporary folder, and the editing of a clone."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium-headless-shell", args=FLAGS)
        _photograph_site(browser, Path(folder))
        _photograph_editing(browser, Path(folder) / "clone")
        browser.close()


def _save_picture(name: str, picture: bytes) -> None:
    place = REPOSITORY / "docs" / "images" / f"{name}.png"
    place.write_bytes(picture)
    print(f"{place.relative_to(REPOSITORY)}  {len(picture) // 1000} kB")


def _photograph_site(browser: Browser, folder: Path) -> None:
    _run_build_py("build", "--out", folder, "--today", DAY)
    root = (folder / "site").absolute().as_uri()
    for name, pages in PICTURES.items():
        _save_picture(name, _combine_side_by_side(browser, [f"{root}/{page}" for page in pages]))
    for name, page in NARROW_PICTURES.items():
        _save_picture(name, _photograph(browser, f"{root}/{page}", NARROW))


def _photograph_editing(browser: Browser, clone: Path) -> None:
    """Photograph the admin page, and in each language the preview, an error in it, and a new change note."""
    subprocess.run(["git", "clone", "--quiet", REPOSITORY, clone], check=True, env=PLAIN_GIT)
    with _serve_preview(clone, "nb") as address:
        _save_picture("admin", _photograph_admin_page(browser, f"{address}admin/", clone))
    for language in ("nb", "en"):
        with _serve_preview(clone, language) as address:
            _edit_files(clone, EDITS)
            _save_picture(f"preview.{language}", _photograph_preview(browser, address, language))
            _edit_files(clone, TYPO)
            _save_picture(f"preview-error.{language}", _photograph(browser, address, (NARROW[0], 420)))
        _restore_files(clone)
        _edit_files(clone, EDITS)
        _save_picture(f"note.{language}", _photograph_note(browser, clone, language))
        _restore_files(clone)


def _restore_files(source: Path) -> None:
    """Undo all edits that are not committed."""
    subprocess.run(["git", "-C", source, "checkout", "--quiet", "content"], check=True, env=PLAIN_GIT)
    subprocess.run(["git", "-C", source, "clean", "--quiet", "--force", "content"], check=True, env=PLAIN_GIT)


def _run_build_py(*words: object) -> str:
    command = [sys.executable, str(REPOSITORY / "build.py"), *map(str, words)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@contextmanager
def _serve_preview(source: Path, language: str) -> Iterator[str]:
    command = [
        sys.executable,
        "-u",
        str(REPOSITORY / "build.py"),
        "serve",
        "--source",
        str(source),
        "--port",
        "0",
        "--lang",
        language,
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            yield server.stdout.readline().split()[1]
        finally:
            server.terminate()


def _edit_files(source: Path, edits: dict[str, tuple[str, str]]) -> None:
    for name, (old, new) in edits.items():
        path = source / "content" / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{name} no longer contains '{old}'; update EDITS"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")


def _photograph_admin_page(browser: Browser, address: str, source: Path) -> bytes:
    """Photograph the admin page, with a private file system in place of the folder picker."""
    page = _open_page(browser, WIDE)
    page.add_init_script("window.showDirectoryPicker = () => navigator.storage.getDirectory()")
    page.goto(address)
    content = (path for path in (source / "content").rglob("*") if path.is_file())
    files = {str(path.relative_to(source)): path.read_text(encoding="utf-8") for path in content}
    page.evaluate(COPY_FILES, {**files, ".git/HEAD": "ref: refs/heads/main\n"})
    page.get_by_role("button", name="Local Repository").click()
    page.get_by_text("Lagringstid og sletting").click()
    page.locator("textarea[lang=en]").wait_for()
    page.wait_for_timeout(1_500)  # until the list behind the form has faded out
    return _take_and_close(page)


def _photograph_preview(browser: Browser, address: str, language: str) -> bytes:
    """Photograph the preview without the warnings of the change."""
    page = _open_page(browser, (NARROW[0], 640))
    page.goto(address)
    page.evaluate(
        """(error) => {
          for (const item of document.querySelectorAll("main > section > ul > li"))
            if (!item.textContent.startsWith(error)) item.remove();
        }""",
        load_message_language(language).translator("error"),
    )
    return _take_and_close(page)


def _photograph_note(browser: Browser, source: Path, language: str) -> bytes:
    output = _run_build_py("note", "--source", source, "--today", DAY, "--lang", language)
    note = (source / output.split()[-1]).read_text(encoding="utf-8")
    page = _open_page(browser, (NARROW[0], 370))
    page.set_content(TERMINAL.format(escape(f"$ python build.py note --lang {language}\n{output}\n{note}")))
    return _take_and_close(page)


def _combine_side_by_side(browser: Browser, addresses: list[str]) -> bytes:
    pairs = zip(addresses, (DESKTOP, PHONE), strict=True)
    shots = [b64encode(_photograph(browser, address, size)).decode() for address, size in pairs]
    width = DESKTOP[0] + PHONE[0] + 3 * GAP
    page = browser.new_page(viewport={"width": width, "height": DESKTOP[1] + 2 * GAP})
    page.set_content(FRAME.format(*shots))
    picture = page.screenshot()
    page.close()
    return picture


def _photograph(browser: Browser, address: str, size: tuple[int, int]) -> bytes:
    page = _open_page(browser, size)
    page.goto(address)
    return _take_and_close(page)


def _open_page(browser: Browser, size: tuple[int, int]) -> Page:
    return browser.new_page(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")


def _take_and_close(page: Page) -> bytes:
    picture = page.screenshot()
    page.close()
    return picture


if __name__ == "__main__":
    main()
