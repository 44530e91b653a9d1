"""A reader with a browser, in front of a members' page with notices."""

from dataclasses import dataclass, field

from playwright.sync_api import Page

from tests.helpers.small_policy import announcements_json
from tests.helpers.static_server import StaticServer

POLICY_PATH = "/personvern/"
NOTICE = "policy-notice"

# Runs before the scripts of a page: collects the promise of each notice, settled when it is shown or not.
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
    """A browser page, the host of the policy and the host of the members' page."""

    page: Page
    policy: StaticServer
    members: StaticServer
    errors: list[str] = field(default_factory=list)

    def record_console_error(self, kind: str, text: str) -> None:
        """Record an error of the console, except for files that the server does not have."""
        if kind == "error" and "the server responded with a status" not in text:
            self.errors.append(text)

    @property
    def base_url(self) -> str:
        return self.policy.origin + POLICY_PATH

    def announce(self, *rows, codes=("nb", "en"), raw=None, status=200):
        """Publish announcements of a site with these languages, or any text as api/announcements.json."""
        text = announcements_json(self.base_url, *rows, codes=codes) if raw is None else raw
        self.policy.serve_text(f"{POLICY_PATH}api/announcements.json", text, status=status)

    def members_page_html(self, *notices, lang="nb", scheme="light dark"):
        """Return a page with a `<policy-notice>` for each mapping of attributes."""
        elements = [
            "<policy-notice "
            + " ".join(
                f'{k}="{v}"'
                for k, v in {"src": f"{self.base_url}api/announcements.json", **attributes}.items()
            )
            + "></policy-notice>"
            for attributes in notices
        ]
        return (
            f'<!doctype html><html lang="{lang}"><title>Medlem</title>'
            f'<meta name="color-scheme" content="{scheme}">'
            f'<script src="{self.base_url}notice.js" defer></script><script src="/log.js"></script>'
            f'<body><button id="mine">Mitt</button>{"".join(elements)}</body></html>'
        )

    def open_page(self, *notices, **page_options):
        """Open a members' page whose Content-Security-Policy allows only what notices need."""
        host = self.policy.origin
        strict = (
            f"default-src 'none'; script-src 'self' {host}; connect-src {host}; style-src 'none'; "
            "form-action 'none'; base-uri 'none'; frame-ancestors 'none'; "
            "require-trusted-types-for 'script'; trusted-types 'none'"
        )
        self.members.serve_text(
            "/log.js",
            "window.log = []; document.querySelector('html').addEventListener('policy-notice:acknowledged',"
            " (event) => log.push(event.detail.version));",
        )
        self.members.serve_text(
            "/", self.members_page_html(*notices, **page_options), {"Content-Security-Policy": strict}
        )
        self.go_to(self.members.origin + "/")

    def go_to(self, address: str) -> None:
        """Open a page and wait for its notices."""
        self.page.goto(address)
        wait_for_notices(self.page)

    def reload(self) -> None:
        """Reload the page and wait for its notices."""
        self.page.reload()
        wait_for_notices(self.page)

    @property
    def dialog(self):
        return self.page.locator(f"{NOTICE} dialog")

    @property
    def banner(self):
        return self.page.locator(f"{NOTICE} section")

    def acknowledged_versions(self):
        return self.page.evaluate("log")

    @property
    def notices(self):
        return self.page.locator(f"{NOTICE} :is(dialog, section)")
