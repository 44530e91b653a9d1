"""Take the picture of docs/website.md, the notice in WordPress on a desktop and a phone: `make screenshots`.

Needs what the tests need: Debian's WordPress, MariaDB and Chromium.
"""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING

from tests.helpers.chromium import run_chromium
from tests.helpers.small_policy import announcements_json, make_announcement
from tests.helpers.static_server import StaticServer, serve_static
from tests.helpers.wordpress import PASSWORD, WordPress, run_wordpress

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PICTURE = Path(__file__).parent / "images" / "wordpress.png"
POLICY_PATH = "/personvern/"
DESKTOP, PHONE, GAP = (820, 560), (360, 560), 24  # CSS pixels
THEME_CONTENT = """<style>
body {{ margin: 0; font: 1rem/1.5 system-ui, sans-serif }}
main {{ padding: 2rem }}
</style>
<main><h1>Medlemssider</h1><p>Hei, Kari! Her finner du fordelene dine.</p></main><?php wp_footer();"""
FRAME = """<style>
body {{ margin: 0; padding: 24px; display: flex; gap: 24px; background: #e9edf2 }}
img {{ border-radius: 8px }}
</style>
<img src="data:image/png;base64,{}"><img src="data:image/png;base64,{}">"""


def main() -> None:
    """Log a member in; photograph the dialog on a desktop and the banner on a phone."""
    with run_wordpress() as running, serve_static(POLICY_PATH) as policy, run_chromium() as browser:
        _prepare_site(running, policy)
        shots = []
        for size in (DESKTOP, PHONE):
            page = browser.new_page(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")
            _log_in(page, running.url)
            if size == PHONE:
                page.keyboard.press("Escape")
            shots.append(b64encode(page.screenshot()).decode())
        PICTURE.write_bytes(_combine_side_by_side(browser, shots))
    print(f"{PICTURE.name}  {PICTURE.stat().st_size // 1000} kB")


def _prepare_site(running: WordPress, policy: StaticServer) -> None:
    base = policy.origin + POLICY_PATH
    announcement = make_announcement(base, "2.0", ("login", "alert"))
    announcement["effective"] = "2026-12-22"
    announcement["languages"]["nb"]["effective_line"] = "Gjelder fra 22. desember 2026."
    announcement["languages"]["nb"]["title"] = "Personvernerklæring: endringer fra 22. desember 2026"
    policy.serve_text(f"{POLICY_PATH}api/announcements.json", announcements_json(base, announcement))
    theme = running.path / "wp-content" / "themes" / "plain" / "index.php"
    theme.write_text(theme.read_text().replace("wp_footer();", "?>" + THEME_CONTENT.format()))
    running.add_user("kari", "nb_NO")
    running.run_php(
        f"update_option( 'klartekst_policy_notice_site', '{base}' );"
        "do_action( 'klartekst_policy_notice_refresh' );"
        "update_user_meta( get_user_by( 'login', 'kari' )->ID, 'show_admin_bar_front', 'false' );"
    )


def _log_in(page: Page, url: str) -> None:
    page.goto(f"{url}/wp-login.php?redirect_to={url}")
    page.fill("#user_login", "kari")
    page.fill("#user_pass", PASSWORD)
    page.press("#user_pass", "Enter")
    page.get_by_role("dialog").wait_for()


def _combine_side_by_side(browser: Browser, shots: list[str]) -> bytes:
    width = DESKTOP[0] + PHONE[0] + 3 * GAP
    page = browser.new_page(viewport={"width": width, "height": DESKTOP[1] + 2 * GAP})
    page.set_content(FRAME.format(*shots))
    return page.screenshot()


if __name__ == "__main__":
    main()
