"""A real WordPress with the plugin, the policy's host with the built headers, and a real browser."""

import json
import re
from dataclasses import dataclass

import pytest

from tests.helpers.chromium import run_chromium
from tests.helpers.notice_reader import WATCH_NOTICES, wait_for_notices
from tests.helpers.small_policy import announcements_json, build_small_site, make_announcement
from tests.helpers.static_server import StaticServer, serve_static
from tests.helpers.wordpress import PASSWORD, WordPress, run_wordpress

ROOT = "/personvern/"
ANNOUNCEMENTS = f"{ROOT}api/announcements.json"
REFRESH = "do_action( 'klartekst_policy_notice_refresh' );"
KEYS = ("klartekst_policy_seen", "klartekst_policy_ask", "klartekst_policy_log")

# What sites do that close the REST API.
CLOSED = {
    "an error for everybody": (
        "add_filter( 'rest_authentication_errors', function () {"
        " return new WP_Error( 'closed', 'Closed.', array( 'status' => 401 ) ); } );"
    ),
    "a page of its own": (
        "if ( isset( $_GET['rest_route'] ) || strpos( $_SERVER['REQUEST_URI'] ?? '', 'wp-json' ) )"
        " { echo '<p>Welcome</p>'; exit; }"
    ),
}


@pytest.fixture(scope="package")
def browser():
    with run_chromium() as started:
        yield started


@pytest.fixture(scope="session")
def instance(tmp_path_factory):
    with run_wordpress() as running, serve_static(ROOT) as policy:
        policy.folder = build_small_site(tmp_path_factory.mktemp("policy"), policy.origin + ROOT, running.url)
        yield running, policy


@dataclass
class Site:
    """The members' site at the start of a test: plugin active, address set, no notice shown to any member."""

    wordpress: WordPress
    policy: StaticServer
    browser: object

    @property
    def base_url(self) -> str:
        return self.policy.origin + ROOT

    def announce(
        self, *versions: str, channels: tuple[str, ...] = ("login",), codes: tuple[str, ...] = ("nb", "en")
    ) -> None:
        """Publish announcements of a policy in some languages, and have the plugin request them."""
        rows = [make_announcement(self.base_url, version, channels, codes) for version in versions]
        self.publish(announcements_json(self.base_url, *rows, codes=codes))

    def publish(self, text: str, headers: dict[str, str] | None = None, status: int = 200) -> None:
        """Publish any text as api/announcements.json, and have the plugin request it."""
        self.policy.serve_text(ANNOUNCEMENTS, text, headers, status)
        self.wordpress.run_php(REFRESH)

    def open_browser(self):
        """Return a browser page of a visitor who is not logged in."""
        page = self.browser.new_context().new_page()
        page.context.set_default_timeout(300_000)
        page.context.add_init_script(WATCH_NOTICES)
        return page

    def log_in(self, login: str, page=None):
        """Log a member in; return the page that follows the login."""
        page = page or self.open_browser()
        page.goto(f"{self.wordpress.url}/wp-login.php?redirect_to=%2Fwp-admin%2Fprofile.php")
        page.fill("#user_login", login)
        page.fill("#user_pass", PASSWORD)
        page.press("#user_pass", "Enter")
        page.wait_for_url("**/wp-admin/profile.php")
        return page

    def open_home(self, page) -> None:
        """Open the front page and wait for its notices."""
        page.goto(self.wordpress.url)
        wait_for_notices(page)

    def post_event(self, page, event: str, data: object, nonce: str | None = None):
        """Post to a REST route as the member who is logged in on the page; return status and answer."""
        headers = {"Content-Type": "application/json", **({"X-WP-Nonce": nonce} if nonce else {})}
        answer = page.request.post(
            f"{self.wordpress.url}/?rest_route=/klartekst/v1/notices/{event}",
            data=json.dumps(data),
            headers=headers,
        )
        return answer.status, answer.json()

    def read_nonce(self, page) -> str:
        """Return the nonce in the member's page."""
        return page.locator(".klartekst-policy-reports").first.get_attribute("data-nonce")


@pytest.fixture(scope="session")
def members(instance):
    running, _ = instance
    return {
        "kari": running.add_user("kari", "nb_NO"),
        "emma": running.add_user("emma", "en_GB"),
    }


@pytest.fixture
def site(instance, members, browser):
    running, policy = instance
    assert members
    policy.responses.clear()
    reset = "".join(f"delete_metadata( 'user', 0, '{key}', '', true );" for key in KEYS)
    running.run_php(
        f"{reset} update_option( 'klartekst_policy_notice_site', '{policy.origin}{ROOT}' );"
        "require_once ABSPATH . 'wp-admin/includes/plugin.php';"
        "activate_plugin( 'klartekst-policy-notice/klartekst-policy-notice.php' );" + REFRESH
    )
    yield Site(running, policy, browser)
    for context in browser.contexts:
        context.close()
    assert [line for line in running.php_warnings if re.search("PHP", line)] == []


@pytest.fixture
def close_rest_api(site):
    """Have every request to the REST API answered by something else."""
    plugin = site.wordpress.path / "wp-content" / "mu-plugins" / "closed.php"
    yield lambda code: plugin.write_text(f"<?php {code}")
    plugin.unlink(missing_ok=True)
