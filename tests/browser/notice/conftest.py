"""A reader with a browser, a host for the policy that sends the built headers, and the members' host."""

import pytest

from tests.helpers.notice_reader import POLICY_PATH, WATCH_NOTICES, Reader
from tests.helpers.small_policy import build_small_site
from tests.helpers.static_server import serve_static


@pytest.fixture(scope="session")
def servers(tmp_path_factory):
    """The policy's host, which sends the built headers, and the members' host."""
    with serve_static(POLICY_PATH) as policy, serve_static() as members:
        policy.folder = build_small_site(
            tmp_path_factory.mktemp("policy"), policy.origin + POLICY_PATH, members.origin
        )
        yield policy, members


@pytest.fixture
def reader(browser, servers, request):
    policy, members = servers
    policy.responses.clear()
    policy.requests.clear()
    context = browser.new_context(**getattr(request, "param", {}))
    context.set_default_timeout(300_000)
    context.add_init_script(WATCH_NOTICES)
    reader = Reader(context.new_page(), policy, members)
    reader.page.on("pageerror", lambda error: reader.errors.append(str(error)))
    reader.page.on("console", lambda line: reader.record_console_error(line.type, line.text))
    yield reader
    context.close()
