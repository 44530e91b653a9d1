"""`<policy-notice>` with a keyboard, a screen reader, a small or a dark screen."""

import gzip
import re

import pytest

from tests.helpers.environment import REPOSITORY
from tests.helpers.small_policy import make_announcement


def test_the_script_is_small(servers):
    policy, _ = servers
    assert len(gzip.compress((policy.folder / "notice.js").read_bytes())) < 7500


def test_the_plugin_ships_the_script_that_the_site_has(servers):
    policy, _ = servers
    plugin = REPOSITORY / "integrations" / "wordpress" / "klartekst-policy-notice"
    copy = (plugin / "assets" / "notice.js").read_bytes()
    assert copy == (REPOSITORY / "templates" / "notice.js").read_bytes(), "make plugin-files"
    assert copy == (policy.folder / "notice.js").read_bytes()


@pytest.mark.long
def test_a_click_acknowledges_and_returns_the_focus(reader):
    reader.announce(make_announcement(reader.base_url, "2.0"))
    reader.open_page()
    reader.page.focus("#mine")
    reader.page.evaluate(
        """(src) => {
          const notice = document.createElement("policy-notice");
          for (const [name, value] of Object.entries({ src, lang: "nb", seen: "1.0", channel: "login" }))
            notice.setAttribute(name, value);
          document.body.append(notice);
        }""",
        f"{reader.base_url}api/announcements.json",
    )
    reader.dialog.wait_for()
    assert (
        reader.page.evaluate("document.querySelector('policy-notice').shadowRoot.activeElement.tagName")
        == "H2"
    )
    reader.page.keyboard.press("Tab")
    reader.page.keyboard.press("Tab")
    reader.page.keyboard.press("Tab")
    reader.page.keyboard.press("Enter")
    assert reader.acknowledged_versions() == ["2.0"]
    assert reader.dialog.count() == 0
    assert reader.page.evaluate("document.activeElement.id") == "mine"


def test_the_dialog_keeps_the_focus_off_the_page_behind_it(reader):
    reader.announce(make_announcement(reader.base_url, "2.0"))
    reader.open_page({"lang": "en", "seen": "1.0", "channel": "login"})
    reached = set()
    for _ in range(8):
        reader.page.keyboard.press("Tab")
        reached.add(reader.page.evaluate("document.activeElement.id"))
    assert "mine" not in reached
    assert reader.page.get_by_role("dialog", name="Version 2.0 of the privacy policy").count() == 1


def test_the_banner_is_a_named_region_that_takes_no_focus(reader):
    reader.announce(make_announcement(reader.base_url, "2.0", ("login", "alert")))
    reader.open_page({"lang": "nb", "seen": "1.0", "channel": "alert"})
    region = reader.page.get_by_role("region", name="Versjon 2.0 av personvernerklæringen")
    assert region.is_visible()
    assert reader.page.evaluate("document.activeElement.tagName") == "BODY"
    region.get_by_role("button", name="Jeg har sett dette").click()
    assert reader.acknowledged_versions() == ["2.0"]
    assert region.count() == 0


def _contrast_ratio(one: str, other: str) -> float:
    def relative_luminance(colour: str) -> float:
        parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((relative_luminance(one), relative_luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("reader", [{"color_scheme": "light"}, {"color_scheme": "dark"}], indirect=True)
@pytest.mark.parametrize("channel", ["login", "alert"])
def test_every_text_has_enough_contrast_in_light_and_dark(reader, channel):
    reader.announce(make_announcement(reader.base_url, "2.0", ("login", "alert")))
    reader.open_page({"lang": "en", "seen": "1.0", "channel": channel})
    pairs = reader.page.evaluate(
        """() => {
          const box = document.querySelector("policy-notice").shadowRoot.firstChild;
          const paper = getComputedStyle(box).backgroundColor;
          return [box, ...box.querySelectorAll("*")].map((element) => {
            const { color, backgroundColor } = getComputedStyle(element);
            return [color, backgroundColor === "rgba(0, 0, 0, 0)" ? paper : backgroundColor];
          });
        }"""
    )
    assert len(pairs) > 8
    assert min(_contrast_ratio(*pair) for pair in pairs) >= 4.5


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("reader", [{"color_scheme": "dark"}], indirect=True)
@pytest.mark.parametrize(
    ("scheme", "paper"), [("light dark", "rgb(18, 23, 30)"), ("light", "rgb(255, 255, 255)")]
)
def test_a_notice_is_dark_only_on_a_page_that_can_be_dark(reader, scheme, paper):
    reader.announce(make_announcement(reader.base_url, "2.0", ("login", "alert")))
    reader.open_page({"seen": "1.0", "channel": "alert"}, {"seen": "1.0", "channel": "login"}, scheme=scheme)
    for box in (reader.banner, reader.dialog):
        assert box.evaluate("box => getComputedStyle(box).backgroundColor") == paper


def test_nothing_moves_and_nothing_is_wider_than_a_small_screen(reader):
    reader.page.set_viewport_size({"width": 320, "height": 480})
    reader.announce(make_announcement(reader.base_url, "2.0", ("login", "alert")))
    reader.open_page({"seen": "1.0", "channel": "alert"}, {"seen": "1.0", "channel": "login"})
    moving = reader.page.evaluate("document.getAnimations().length")
    assert (moving, reader.page.evaluate("document.documentElement.scrollWidth")) == (0, 320)
    for button in reader.dialog.get_by_role("button").all():
        assert button.bounding_box()["height"] >= 44
