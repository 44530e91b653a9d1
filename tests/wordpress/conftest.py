"""A real WordPress with the plugin, the policy's host with the headers of the build, and a real browser."""

import json
import re
from dataclasses import dataclass

import pytest

from tests.helpers.chromium import chromium
from tests.helpers.notice_reader import WATCH_NOTICES, wait_for_notices
from tests.helpers.small_policy import announcement, announcements, small_site
from tests.helpers.static import Static, static
from tests.helpers.wordpress import PASSWORD, WordPress, wordpress

ROOT = "/personvern/"
KEYS = ("klartekst_policy_seen", "klartekst_policy_ask", "klartekst_policy_log")


@pytest.fixture(scope="session")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def instance(tmp_path_factory):
    with wordpress() as running, static(ROOT) as policy:
        policy.folder = small_site(tmp_path_factory.mktemp("policy"), policy.origin + ROOT, running.url)
        yield running, policy


@dataclass
class Site:
    """The members' site as a test finds it: the plugin active, its address set, nobody asked or told."""

    wordpress: WordPress
    policy: Static
    browser: object

    @property
    def base(self) -> str:
        return self.policy.origin + ROOT

    def announces(self, *versions: str, channels: tuple[str, ...] = ("login",)) -> None:
        rows = [announcement(self.base, version, channels) for version in versions]
        self.policy.page(f"{ROOT}api/announcements.json", announcements(*rows))

    def visitor(self):
        """Give a page of somebody who has not logged in."""
        page = self.browser.new_context().new_page()
        page.context.set_default_timeout(300_000)
        page.context.add_init_script(WATCH_NOTICES)
        return page

    def member(self, login: str, page=None):
        """Log in, as a member does; give the page that she lands on."""
        page = page or self.visitor()
        page.goto(f"{self.wordpress.url}/wp-login.php?redirect_to=%2Fwp-admin%2Fprofile.php")
        page.fill("#user_login", login)
        page.fill("#user_pass", PASSWORD)
        page.press("#user_pass", "Enter")
        page.wait_for_url("**/wp-admin/profile.php")
        return page

    def home(self, page) -> None:
        """Open the front page and wait for its notices."""
        page.goto(self.wordpress.url)
        wait_for_notices(page)

    def post(self, page, what: str, data: object, nonce: str | None = None):
        """Post to a REST route as the one who is logged in on the page; give status and answer."""
        headers = {"Content-Type": "application/json", **({"X-WP-Nonce": nonce} if nonce else {})}
        answer = page.request.post(
            f"{self.wordpress.url}/?rest_route=/klartekst/v1/notices/{what}",
            data=json.dumps(data),
            headers=headers,
        )
        return answer.status, answer.json()

    def nonce(self, page) -> str:
        """Give the nonce that the member's own pages hold."""
        return page.locator("policy-notice").first.get_attribute("data-nonce")


@pytest.fixture(scope="session")
def members(instance):
    running, _ = instance
    return {
        "kari": running.user("kari", "nb_NO"),
        "emma": running.user("emma", "en_GB"),
    }


@pytest.fixture
def site(instance, members, browser):
    running, policy = instance
    assert members
    policy.pages.clear()
    forget = "".join(f"delete_metadata( 'user', 0, '{key}', '', true );" for key in KEYS)
    running.run(
        f"{forget} update_option( 'klartekst_policy_notice_site', '{policy.origin}{ROOT}' );"
        "require_once ABSPATH . 'wp-admin/includes/plugin.php';"
        "activate_plugin( 'klartekst-policy-notice/klartekst-policy-notice.php' );"
    )
    yield Site(running, policy, browser)
    for context in browser.contexts:
        context.close()
    assert [line for line in running.complaints if re.search("PHP", line)] == []
