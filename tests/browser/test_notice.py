"""notice.js in a real browser, on a page of another origin and under the strictest policy there is."""

import gzip
import re
from dataclasses import dataclass, field

import pytest

from tests.helpers.chromium import chromium
from tests.helpers.small_policy import announcement, announcements, small_site
from tests.helpers.static import Static, static

ROOT = "/personvern/"
NOTICE = "policy-notice"


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    """Give the policy's host with the headers of the build, and the members' host."""
    with static(ROOT) as policy, static() as members:
        policy.folder = small_site(tmp_path_factory.mktemp("policy"), policy.origin + ROOT, members.origin)
        yield policy, members


@dataclass
class Reader:
    """A reader with a browser of her own before a page that holds notices."""

    page: object
    policy: Static
    members: Static
    errors: list[str] = field(default_factory=list)

    def says(self, kind: str, text: str) -> None:
        """Note an error of the console, but not that a file (the favicon, say) was not to be had."""
        if kind == "error" and "the server responded with a status" not in text:
            self.errors.append(text)

    @property
    def base(self) -> str:
        return self.policy.origin + ROOT

    def told(self, *rows, raw=None, status=200):
        text = announcements(*rows) if raw is None else raw
        self.policy.page(f"{ROOT}api/announcements.json", text, status=status)

    def html(self, *notices, lang="nb"):
        elements = [
            "<policy-notice "
            + " ".join(f'{k}="{v}"' for k, v in {"src": f"{self.base}api/announcements.json", **one}.items())
            + "></policy-notice>"
            for one in notices
        ]
        return (
            f'<!doctype html><html lang="{lang}"><title>Medlem</title>'
            f'<script src="{self.base}notice.js" defer></script><script src="/log.js"></script>'
            f'<body><button id="mine">Mitt</button>{"".join(elements)}</body></html>'
        )

    def opens(self, *notices, lang="nb"):
        """Open a members' page whose own policy allows nothing but what notices need."""
        host = self.policy.origin
        strict = (
            f"default-src 'none'; script-src 'self' {host}; connect-src {host}; style-src 'none'; "
            "form-action 'none'; base-uri 'none'; frame-ancestors 'none'; "
            "require-trusted-types-for 'script'; trusted-types 'none'"
        )
        self.members.page(
            "/log.js",
            "window.log = []; document.querySelector('html').addEventListener('policy-notice:acknowledged',"
            " (event) => log.push(event.detail.version));",
        )
        self.members.page("/", self.html(*notices, lang=lang), {"Content-Security-Policy": strict})
        self.page.goto(self.members.origin + "/", wait_until="networkidle")

    @property
    def dialog(self):
        return self.page.locator(f"{NOTICE} dialog")

    @property
    def banner(self):
        return self.page.locator(f"{NOTICE} section")

    def acknowledged(self):
        return self.page.evaluate("log")


@pytest.fixture
def reader(browser, servers, request):
    policy, members = servers
    policy.pages.clear()
    policy.asked.clear()
    context = browser.new_context(**getattr(request, "param", {}))
    context.set_default_timeout(10_000)
    someone = Reader(context.new_page(), policy, members)
    someone.page.on("pageerror", lambda error: someone.errors.append(str(error)))
    someone.page.on("console", lambda line: someone.says(line.type, line.text))
    yield someone
    context.close()


def test_the_script_is_small(servers):
    policy, _ = servers
    assert len(gzip.compress((policy.folder / "notice.js").read_bytes())) < 6000


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "nb",
            [
                "Endringer i personvernerklæringen",
                "Versjon 2.0 av",
                "Gjelder fra 1. mars 2099.",
                "Dette kan du gjøre: Du kan protestere",
                "Jeg har sett dette",
                "Ikke nå",
            ],
        ),
        (
            "en",
            [
                "Changes to the privacy policy",
                "Version 2.0 of",
                "In force from 1 March 2099.",
                "What you can do: You may object",
                "I have seen this",
                "Not now",
            ],
        ),
    ],
)
def test_the_dialog_speaks_the_readers_language(reader, lang, words):
    reader.told(announcement(reader.base, "2.0"))
    reader.opens({"lang": lang, "seen": "1.0", "channel": "login"})
    text = reader.dialog.inner_text()
    assert [word for word in words if word not in text] == []
    assert reader.dialog.get_attribute("lang") == lang
    assert reader.errors == []


@pytest.mark.parametrize(("lang", "spoken"), [("nb-NO", "nb"), ("nb_NO", "nb"), ("nn", "nb"), ("sv", "en")])
def test_a_language_is_that_of_the_page_where_none_is_named(reader, lang, spoken):
    reader.told(announcement(reader.base, "2.0"))
    reader.opens({"seen": "1.0", "channel": "login"}, lang=lang)
    assert reader.dialog.get_attribute("lang") == spoken


def test_words_that_lack_in_a_language_are_said_in_another_and_marked_so(reader):
    row = announcement(reader.base, "2.0")
    reader.told({**row, "languages": {"nb": row["languages"]["nb"]}})
    reader.opens({"lang": "en", "seen": "1.0", "channel": "login"})
    assert reader.dialog.locator("article").get_attribute("lang") == "nb"


def test_versions_are_ordered_by_number(reader):
    reader.told(*(announcement(reader.base, number) for number in ("2.9", "10.0", "2.10", "2.2")))
    reader.opens({"lang": "en", "seen": "2.9", "channel": "login"})
    titles = reader.dialog.locator("h3").all_inner_texts()
    assert titles == ["Version 10.0 of the privacy policy", "Version 2.10 of the privacy policy"]
    reader.dialog.get_by_role("button", name="I have seen this").click()
    assert reader.acknowledged() == ["10.0"]


def test_all_since_is_told_from_the_oldest_that_was_not_seen(reader):
    rows = [announcement(reader.base, number) for number in ("4.0", "3.0", "2.0")]
    for row, before in zip(rows, ("3.0", "2.0", "1.0"), strict=True):
        row["languages"]["en"]["since_url"] = f"{reader.base}en/changelog/since/{before}/"
    reader.told(*rows)
    reader.opens({"lang": "en", "seen": "2.0", "channel": "login"})
    link = reader.dialog.get_by_role("link", name="See all that has changed")
    assert link.get_attribute("href") == f"{reader.base}en/changelog/since/2.0/"


@pytest.mark.parametrize(
    ("seen", "channel", "changed"),
    [
        ("2.0", "login", {}),
        ("3.1", "login", {}),
        ("1.0", "alert", {}),
        ("1.0", "email", {}),
        ("1.0", "login", {"until": "2026-01-06"}),
        ("1.0", "login", {"languages": {}}),
        ("1.0", "login", {"version": "2.0<b>"}),
    ],
)
def test_what_does_not_concern_the_reader_is_not_shown(reader, seen, channel, changed):
    reader.told({**announcement(reader.base, "2.0"), **changed})
    reader.opens({"seen": seen, "channel": channel})
    assert reader.policy.asked[-1][0].endswith("announcements.json") or channel == "email"
    assert reader.page.locator(f"{NOTICE} :is(dialog, section)").count() == 0
    assert reader.errors == []


def test_the_click_acknowledges_and_gives_the_focus_back(reader):
    reader.told(announcement(reader.base, "2.0"))
    reader.opens()
    reader.page.focus("#mine")
    reader.page.evaluate(
        """(src) => {
          const notice = document.createElement("policy-notice");
          for (const [name, value] of Object.entries({ src, lang: "nb", seen: "1.0", channel: "login" }))
            notice.setAttribute(name, value);
          document.body.append(notice);
        }""",
        f"{reader.base}api/announcements.json",
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
    assert reader.acknowledged() == ["2.0"]
    assert reader.dialog.count() == 0
    assert reader.page.evaluate("document.activeElement.id") == "mine"


def test_the_dialog_keeps_the_page_behind_it_out_of_reach(reader):
    reader.told(announcement(reader.base, "2.0"))
    reader.opens({"lang": "en", "seen": "1.0", "channel": "login"})
    reached = set()
    for _ in range(8):
        reader.page.keyboard.press("Tab")
        reached.add(reader.page.evaluate("document.activeElement.id"))
    assert "mine" not in reached
    assert reader.page.get_by_role("dialog", name="Changes to the privacy policy").count() == 1


@pytest.mark.parametrize("how", ["Escape", "Not now"])
def test_closing_acknowledges_nothing(reader, how):
    reader.told(announcement(reader.base, "2.0"))
    reader.opens({"lang": "en", "channel": "login"})
    if how == "Escape":
        reader.page.keyboard.press("Escape")
    else:
        reader.dialog.get_by_role("button", name=how).click()
    reader.dialog.wait_for(state="detached")
    assert reader.acknowledged() == []
    reader.page.reload(wait_until="networkidle")
    assert reader.dialog.is_visible()


def test_without_seen_the_browser_remembers_after_the_click(reader):
    reader.told(announcement(reader.base, "2.0"))
    reader.opens({"lang": "en", "channel": "login"})
    assert reader.page.evaluate("localStorage.length") == 0
    reader.dialog.get_by_role("button", name="I have seen this").click()
    reader.page.reload(wait_until="networkidle")
    assert reader.dialog.count() == 0
    reader.told(announcement(reader.base, "2.0"), announcement(reader.base, "3.0"))
    reader.page.reload(wait_until="networkidle")
    assert reader.dialog.locator("h3").all_inner_texts() == ["Version 3.0 of the privacy policy"]


def test_with_seen_nothing_is_kept_in_the_browser(reader):
    reader.told(announcement(reader.base, "2.0"))
    reader.opens({"lang": "en", "seen": "", "channel": "login"})
    reader.dialog.get_by_role("button", name="I have seen this").click()
    assert reader.page.evaluate("localStorage.length") == 0


def test_the_banner_is_a_named_region_that_takes_no_focus(reader):
    reader.told(announcement(reader.base, "2.0", ("login", "alert")))
    reader.opens({"lang": "nb", "seen": "1.0", "channel": "alert"})
    region = reader.page.get_by_role("region", name="Endringer i personvernerklæringen")
    assert region.is_visible()
    assert reader.page.evaluate("document.activeElement.tagName") == "BODY"
    region.get_by_role("button", name="Jeg har sett dette").click()
    assert reader.acknowledged() == ["2.0"]
    assert region.count() == 0


def test_what_the_dialog_acknowledged_leaves_the_banner_too(reader):
    reader.told(announcement(reader.base, "2.0", ("login", "alert")))
    reader.opens(
        {"lang": "en", "seen": "1.0", "channel": "alert"}, {"lang": "en", "seen": "1.0", "channel": "login"}
    )
    assert reader.banner.is_visible()
    reader.dialog.get_by_role("button", name="I have seen this").click()
    assert reader.banner.count() == 0
    assert reader.acknowledged() == ["2.0"]


def test_hostile_words_stay_words(reader):
    hostile = "<img src=x onerror=alert(1)><script>alert(2)</script>&lt;"
    row = announcement(reader.base, "2.0")
    words = {**row["languages"]["nb"], "title": hostile, "summary": hostile, "action": hostile}
    reader.told({**row, "languages": {"nb": words}})
    reader.opens({"lang": "nb", "seen": "1.0", "channel": "login"})
    assert reader.dialog.inner_text().count(hostile) == 3
    assert reader.dialog.locator("img, script").count() == 0
    assert reader.errors == []


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "https://example.com/personvern/",
        "http://localhost.example.com/personvern/",
        "/annet/",
        "/personvern/../annet/",
        "mailto:post@example.no",
        "http://[",
        7,
        None,
    ],
)
def test_no_link_leads_out_of_the_policy(reader, address):
    row = announcement(reader.base, "2.0")
    words = {**row["languages"]["nb"], "url": address, "since_url": address}
    reader.told({**row, "languages": {"nb": words}})
    reader.opens({"lang": "nb", "seen": "1.0", "channel": "login"})
    assert reader.dialog.is_visible()
    assert reader.dialog.locator("a").count() == 0
    assert reader.errors == []


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        ("not here", 404),
        (announcements(), 500),
        ("{", 200),
        ("null", 200),
        ("{}", 200),
        ('{"announcements": 7}', 200),
        ('{"announcements": [null, 7, [], {}, {"version": "2.0"}]}', 200),
        ('{"announcements": [{"version": "2.0", "channels": ["login"], "languages": {"nb": null}}]}', 200),
    ],
)
def test_a_failure_leaves_the_page_as_it_was(reader, raw, status):
    reader.told(raw=raw, status=status)
    reader.opens({"lang": "nb", "seen": "1.0", "channel": "login"})
    assert reader.page.locator(f"{NOTICE} :is(dialog, section)").count() == 0
    assert reader.errors == []


def test_no_server_is_no_notice(reader):
    reader.page.route("**/announcements.json", lambda route: route.abort("connectionrefused"))
    reader.opens({"lang": "nb", "channel": "login"})
    assert reader.page.locator(f"{NOTICE} :is(dialog, section)").count() == 0


def test_a_notice_is_shown_where_storage_is_blocked(reader):
    reader.page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('blocked'); } });"
    )
    reader.told(announcement(reader.base, "2.0"))
    reader.opens({"lang": "en", "channel": "login"})
    reader.dialog.get_by_role("button", name="I have seen this").click()
    assert reader.acknowledged() == ["2.0"]
    assert reader.errors == []


def test_no_cookie_is_set_or_sent(reader):
    reader.page.context.add_cookies([{"name": "who", "value": "me", "url": reader.policy.origin}])
    reader.told(announcement(reader.base, "2.0"))
    reader.opens({"lang": "en", "channel": "login"})
    reader.dialog.get_by_role("button", name="I have seen this").click()
    asked = dict(reader.policy.asked)
    assert "Cookie" not in asked[f"{ROOT}api/announcements.json"]
    assert "Referer" not in asked[f"{ROOT}api/announcements.json"]
    assert [cookie["name"] for cookie in reader.page.context.cookies()] == ["who"]


def test_it_works_under_the_headers_of_the_policy_itself(reader):
    reader.told(announcement(reader.base, "2.0"))
    notice = {"lang": "en", "seen": "1.0", "channel": "login"}
    page = reader.html(notice).replace('<script src="/log.js"></script>', "")
    reader.page.goto(reader.policy.page(f"{ROOT}side.html", page), wait_until="networkidle")
    assert reader.dialog.is_visible()
    assert reader.errors == []


def test_another_site_may_not_read_the_announcements(reader):
    reader.told(announcement(reader.base, "2.0"))
    with static() as stranger:
        stranger.page("/", reader.html({"lang": "en", "seen": "1.0", "channel": "login"}))
        reader.page.goto(stranger.origin + "/", wait_until="networkidle")
        assert reader.dialog.count() == 0


def _contrast(one: str, other: str) -> float:
    def light(colour: str) -> float:
        parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("reader", [{"color_scheme": "light"}, {"color_scheme": "dark"}], indirect=True)
@pytest.mark.parametrize("channel", ["login", "alert"])
def test_every_word_can_be_read_by_day_and_by_night(reader, channel):
    reader.told(announcement(reader.base, "2.0", ("login", "alert")))
    reader.opens({"lang": "en", "seen": "1.0", "channel": channel})
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
    assert min(_contrast(*pair) for pair in pairs) >= 4.5


def test_nothing_moves_and_nothing_is_wider_than_a_small_screen(reader):
    reader.page.set_viewport_size({"width": 320, "height": 480})
    reader.told(announcement(reader.base, "2.0", ("login", "alert")))
    reader.opens({"seen": "1.0", "channel": "alert"}, {"seen": "1.0", "channel": "login"})
    moving = reader.page.evaluate("document.getAnimations().length")
    assert (moving, reader.page.evaluate("document.documentElement.scrollWidth")) == (0, 320)
    for button in reader.dialog.get_by_role("button").all():
        assert button.bounding_box()["height"] >= 44


def test_a_script_loaded_twice_shows_one_dialog(reader):
    reader.told(announcement(reader.base, "2.0"))
    page = reader.html({"lang": "en", "seen": "1.0", "channel": "login"})
    script = re.search(r"<script[^>]*defer></script>", page)[0]
    reader.members.page("/twice", page.replace(script, script * 2))
    reader.page.goto(reader.members.origin + "/twice", wait_until="networkidle")
    assert reader.dialog.count() == 1
    assert reader.errors == []
