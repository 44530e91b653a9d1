"""A reader in front of a members' page that holds notices."""

from dataclasses import dataclass, field

from playwright.sync_api import Page

from tests.helpers.small_policy import announcements
from tests.helpers.static import Static

ROOT = "/personvern/"
NOTICE = "policy-notice"

# For pages before their own scripts run: remember what each notice is about to decide.
WATCH_NOTICES = """
window.decisions = [];
const define = customElements.define.bind(customElements);
customElements.define = (name, element) => {
  const { show } = element.prototype;
  element.prototype.show = function () {
    const decision = show.call(this);
    decisions.push(decision.catch(() => {}));
    return decision;
  };
  define(name, element);
};
"""


def wait_for_notices(page: Page) -> None:
    """Wait until each notice of a page has shown itself or decided not to."""
    page.wait_for_load_state("load")
    page.evaluate("Promise.all(window.decisions)")


@dataclass
class Reader:
    """A reader with a browser of her own before a page that holds notices."""

    page: Page
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

    def html(self, *notices, lang="nb", scheme="light dark"):
        elements = [
            "<policy-notice "
            + " ".join(f'{k}="{v}"' for k, v in {"src": f"{self.base}api/announcements.json", **one}.items())
            + "></policy-notice>"
            for one in notices
        ]
        return (
            f'<!doctype html><html lang="{lang}"><title>Medlem</title>'
            f'<meta name="color-scheme" content="{scheme}">'
            f'<script src="{self.base}notice.js" defer></script><script src="/log.js"></script>'
            f'<body><button id="mine">Mitt</button>{"".join(elements)}</body></html>'
        )

    def opens(self, *notices, **said):
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
        self.members.page("/", self.html(*notices, **said), {"Content-Security-Policy": strict})
        self.goes(self.members.origin + "/")

    def goes(self, address: str) -> None:
        """Open a page and wait for its notices."""
        self.page.goto(address)
        wait_for_notices(self.page)

    def reloads(self) -> None:
        """Load the page anew and wait for its notices."""
        self.page.reload()
        wait_for_notices(self.page)

    @property
    def dialog(self):
        return self.page.locator(f"{NOTICE} dialog")

    @property
    def banner(self):
        return self.page.locator(f"{NOTICE} section")

    def acknowledged(self):
        return self.page.evaluate("log")

    @property
    def notices(self):
        return self.page.locator(f"{NOTICE} :is(dialog, section)")
