"""Draw every state of every component on contact sheets (docs/images/gallery-*.webp): `make screenshots`.

Needs Debian's Chromium and the environment of `make setup`.
"""

from __future__ import annotations

import tempfile
from base64 import b64decode, b64encode
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from tests.gallery.looks import STATES, open_state
from tests.gallery.sites import open_gallery
from tests.helpers.chromium import run_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.gallery.sites import Gallery
    from tests.gallery.states import State

IMAGES = Path(__file__).parent / "images"
SHEETS = {
    "front": ("frame", "footer", "front page"),
    "text": ("section", "contents", "table"),
    "changes": ("upcoming", "changes", "changes of a day", "since"),
    "versions": ("version", "change log", "dates"),
    "help": ("rights", "contact", "page not found", "verification", "accessibility"),
    "messages": ("help centre", "announcement", "letter", "feed entry", "dialog", "banner"),
}
WIDTH, HEIGHT, MARGIN = 360, 900, 6  # of a picture, in CSS pixels; what is longer is cut
COLUMNS, SCALE, QUALITY = 6, 0.6, 60
SHEET = """<!doctype html>
<style>
body {{ margin: 0; padding: 12px; columns: {columns}; column-gap: 12px; background: #dfe4ea }}
figure {{ margin: 0 0 12px; break-inside: avoid }}
figcaption {{ padding-bottom: 3px; font: 11px/1.3 sans-serif }}
img {{ display: block; width: 100% }}
</style>{pictures}"""
PICTURE = '<figure><figcaption>{}</figcaption><img src="data:image/png;base64,{}"></figure>'


def main() -> None:
    """Open every state on a phone, photograph its component, and join the pictures."""
    with (
        tempfile.TemporaryDirectory() as folder,
        open_gallery(Path(folder)) as gallery,
        run_chromium() as browser,
    ):
        page = browser.new_context(reduced_motion="reduce", locale="nb-NO").new_page()
        for name, components in SHEETS.items():
            states = [state for state in STATES if state.component in components]
            place = IMAGES / f"gallery-{name}.webp"
            place.write_bytes(_draw_sheet(browser, page, gallery, states))
            print(f"{place.name}  {len(states)} states, {place.stat().st_size // 1000} kB")


def _draw_sheet(browser: Browser, page: Page, gallery: Gallery, states: list[State]) -> bytes:
    pictures = [
        PICTURE.format(escape(str(state)), b64encode(_photograph(page, gallery, state)).decode())
        for state in states
    ]
    width = round(COLUMNS * (WIDTH * SCALE + 12) + 12)
    sheet = browser.new_page(viewport={"width": width, "height": 600})
    sheet.set_content(SHEET.format(columns=COLUMNS, pictures="".join(pictures)))
    # Playwright takes no WebP, which has half the size of PNG.
    sheet.set_viewport_size(
        {"width": width, "height": sheet.evaluate("document.documentElement.scrollHeight")}
    )
    options = {"format": "webp", "quality": QUALITY}
    picture = sheet.context.new_cdp_session(sheet).send("Page.captureScreenshot", options)
    sheet.close()
    return b64decode(picture["data"])


def _photograph(page: Page, gallery: Gallery, state: State) -> bytes:
    open_state(page, gallery, state)
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    part = page.locator(state.selector).first
    box = part.bounding_box()
    assert box, state
    top = max(0, box["y"] + page.evaluate("scrollY") - MARGIN)
    height = min(HEIGHT, box["height"] + 2 * MARGIN)
    return page.screenshot(full_page=True, clip={"x": 0, "y": top, "width": WIDTH, "height": height})


if __name__ == "__main__":
    main()
