"""A reader with a browser of her own, the policy's host with the headers of the build, the members' host."""

import pytest

from tests.helpers.chromium import chromium
from tests.helpers.notice_reader import ROOT, WATCH_NOTICES, Reader
from tests.helpers.small_policy import small_site
from tests.helpers.static import static


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


@pytest.fixture
def reader(browser, servers, request):
    policy, members = servers
    policy.pages.clear()
    policy.asked.clear()
    context = browser.new_context(**getattr(request, "param", {}))
    context.set_default_timeout(300_000)
    context.add_init_script(WATCH_NOTICES)
    someone = Reader(context.new_page(), policy, members)
    someone.page.on("pageerror", lambda error: someone.errors.append(str(error)))
    someone.page.on("console", lambda line: someone.says(line.type, line.text))
    yield someone
    context.close()
