"""Take the pictures of letters (docs/images/letter.*.webp): `make screenshots`.

Each shows a letter on a phone and on a desktop, in light and in dark. Needs Debian's Chromium and the
environment of `make setup`.
"""

from __future__ import annotations

import tempfile
from base64 import b64decode, b64encode
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from tests.gallery.sites import open_gallery
from tests.gallery.states import FACTS, State
from tests.helpers.chromium import run_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser

IMAGES = Path(__file__).parent / "images"
LANGUAGES = ("nb", "en")
WIDTHS, HEIGHT = (320, 700), 2_800  # CSS pixels; what is longer is cut
SCALE, GAP, QUALITY = 0.5, 12, 60
SHEET = """<!doctype html>
<style>
body {{ margin: 0; padding: {gap}px; display: flex; gap: {gap}px; background: #dfe4ea }}
</style>{pictures}"""
PICTURE = '<img style="width: {}px" src="data:image/png;base64,{}">'


def main() -> None:
    """Build a letter of special importance in two languages, and photograph it."""
    with (
        tempfile.TemporaryDirectory() as folder,
        open_gallery(Path(folder)) as gallery,
        run_chromium() as browser,
    ):
        for language in LANGUAGES:
            state = State("letter", language, FACTS, f"letter/2.0/{language}", "body")
            place = IMAGES / f"letter.{language}.webp"
            place.write_bytes(_draw_sheet(browser, gallery.find_address(state)))
            print(f"{place.name}  {place.stat().st_size // 1000} kB")


def _draw_sheet(browser: Browser, address: str) -> bytes:
    pictures = [
        PICTURE.format(width * SCALE, b64encode(_photograph(browser, address, width, scheme)).decode())
        for width, scheme in product(WIDTHS, ("light", "dark"))
    ]
    total = round(2 * sum(WIDTHS) * SCALE) + 5 * GAP
    sheet = browser.new_page(viewport={"width": total, "height": round(HEIGHT * SCALE) + 2 * GAP})
    sheet.set_content(SHEET.format(gap=GAP, pictures="".join(pictures)))
    # Playwright takes no WebP, which has half the size of PNG.
    options = {"format": "webp", "quality": QUALITY}
    picture = sheet.context.new_cdp_session(sheet).send("Page.captureScreenshot", options)
    sheet.close()
    return b64decode(picture["data"])


def _photograph(browser: Browser, address: str, width: int, scheme: str) -> bytes:
    page = browser.new_page(
        viewport={"width": width, "height": HEIGHT},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page.goto(address)
    picture = page.screenshot()
    page.close()
    return picture


if __name__ == "__main__":
    main()
