"""The documents agree with the project."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.helpers.environment import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

PAGES = sorted([*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/**/*.md")])


def _read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_target_that_a_page_names_exists(page):
    targets = set(re.findall(r"^([a-z-]+):", _read(REPOSITORY / "Makefile"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)`", _read(page))) <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_module_that_a_page_names_exists(page):
    named = re.findall(r"`((?:[a-z]+/)+[a-z_]+\.(?:py|js|php))`", _read(page))
    assert [path for path in named if not (REPOSITORY / path).exists()] == []


def test_readme_quotes_the_figures_of_the_kill_storm():
    figures = re.compile("<!-- storm -->.*<!-- /storm -->", re.DOTALL)
    expected = figures.search(_read(REPOSITORY / "docs/notification-job.md"))
    assert expected
    assert expected[0] in _read(REPOSITORY / "README.md")
