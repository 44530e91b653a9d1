"""Every link of a page leads somewhere, and nothing refers to a page that is not in the repository."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.helpers.environment import REPOSITORY

PAGES = sorted([*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/**/*.md")])
# Where nothing may refer to the pages that were the specification before docs/reference/.
SEARCHED = [
    *(
        "common",
        "policy",
        "changelog",
        "generator",
        "adoption",
        "deployment",
        "editing",
        "notifier",
        "bench",
        "build.py",
        "schemas",
    ),
    *("templates", "docs", "integrations", "tests", ".ci", "Makefile", "pyproject.toml"),
    *(page.name for page in REPOSITORY.glob("*.md")),
]
SUFFIXES = {".py", ".md", ".j2", ".js", ".po", ".php", ".txt", ".json", ".yaml", ".toml", ".css", ".sh", ""}
GONE = re.compile(r"contract §|of the contract|\b(law|faults)\.md")
_FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\((?!https?:|mailto:)([^)\s]+)\)")


def text_of(page: Path) -> str:
    """Return a page without its blocks of code, in which `](` is no link."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    seen = Counter[str]()
    found = set()
    for heading in re.findall(r"^#+ (.+)$", text_of(page), re.MULTILINE):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        slug = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
        found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(REPOSITORY).as_posix())
def test_every_link_leads_to_a_file_and_a_heading(page):
    broken = []
    for link in _LINK.findall(text_of(page)):
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


def test_every_page_of_a_folder_is_reached_from_another():
    linked = {
        (page.parent / path).resolve()
        for page in PAGES
        for path in (link.partition("#")[0] for link in _LINK.findall(text_of(page)))
        if path
    }
    assert [page for page in PAGES if page.parent != REPOSITORY and page not in linked] == []


@pytest.mark.parametrize("place", SEARCHED)
def test_nothing_refers_to_a_page_that_is_not_in_the_repository(place):
    root = REPOSITORY / place
    files = [root] if root.is_file() else [p for p in root.rglob("*") if p.is_file() and p.suffix in SUFFIXES]
    own = Path(__file__).resolve()
    assert files
    assert [path for path in files if path != own and GONE.search(path.read_text("utf-8", "replace"))] == []
