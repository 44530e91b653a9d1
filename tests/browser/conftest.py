"""One browser for all tests that follow each other, and each folder of tests in one process."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.helpers.chromium import run_chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a folder together: starting a browser takes as long as most of them."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.xdist_group(f"browser {item.path.parent.name}"))


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A browser, not for the whole session: an event loop cannot be tested while Playwright has one."""
    with run_chromium() as started:
        yield started
