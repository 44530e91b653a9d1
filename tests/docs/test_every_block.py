"""Every block of code in README and docs/ is run by a test.

A block that a reader runs or copies has a name in a comment above it, and a test asks for that name. Pages
whose blocks are read in another way are listed with the test that reads them.
"""

from __future__ import annotations

import re

import pytest

from tests.helpers.environment import REPOSITORY

# What a reader copies; JSON, HTML and plain text show what something looks like.
_RUN = {"sh", "cron", "ini", "yaml", "toml", "po", "php", "js", "python", "nginx", "apache", "jinja"}
_BLOCK = re.compile(r"(?:<!-- ([^\n]*?) -->\n)?```(\w+)\n")
# The blocks of these pages have no names.
_READ_BY = {
    "README.md": ".ci/run",
    "docs/editors.en.md": "tests/docs/test_recipes.py",
    "docs/editors.nb.md": "tests/docs/test_recipes.py",
    "docs/reference/content.md": "tests/docs/test_content_pages.py",
    "docs/reference/history.md": "tests/docs/test_cleaning_git.py",
    "docs/reference/record.md": "tests/docs/test_record_page.py",
    # Benchmarks, of a quarter of an hour and more: tests/bench/ runs their parts.
    "docs/redlines-measured.md": "tests/bench/test_readability.py",
    "docs/speed.md": "tests/bench/test_table.py",
}
_PAGES = ("README.md", "CONTRIBUTING.md", "docs/*.md", "docs/reference/*.md")


def list_blocks() -> list[tuple[str, str, str]]:
    """Return page, name and language of every block that a reader runs or copies."""
    paths = sorted(path for pattern in _PAGES for path in REPOSITORY.glob(pattern))
    return [
        (path.relative_to(REPOSITORY).as_posix(), name, language)
        for path in paths
        for name, language in _BLOCK.findall(path.read_text("utf-8"))
        if language in _RUN
    ]


@pytest.fixture(scope="module")
def tests() -> str:
    """The source of all tests."""
    return "\n".join(path.read_text("utf-8") for path in (REPOSITORY / "tests").rglob("*.py"))


def test_a_test_asks_for_every_block(tests):
    # A name may have two parts, of which the second is looked up: `github: first`.
    missing = [
        f"{page}: {name or 'a block without a name'}"
        for page, name, _ in list_blocks()
        if page not in _READ_BY and (not name or name.rpartition(": ")[2] not in tests)
    ]
    assert missing == []


def test_the_files_that_read_unnamed_blocks_exist():
    assert [path for path in _READ_BY.values() if not (REPOSITORY / path).is_file()] == []
    pages = {page for page, name, _ in list_blocks() if not name}
    assert pages == _READ_BY.keys()
