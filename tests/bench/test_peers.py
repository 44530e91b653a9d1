"""The peers render all the text that our pages have: nobody wins by leaving words out."""

from __future__ import annotations

import pytest

from bench import history, peers
from bench.timing import run
from tests.helpers.cli import read_versions
from tests.helpers.in_process import build
from tests.helpers.published_site import version_folder

VERSIONS = 4


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    place = tmp_path_factory.mktemp("peers")
    history.create_repository(place / "history", VERSIONS)
    build(place / "history", place / "out", today="2060-01-01")
    return place / "out"


def _body(markdown):
    """Return the words of a page below its front matter, without heading signs."""
    return [word for word in markdown.split("---\n", 2)[2].split() if word != "##"]


def test_the_archive_says_every_word_of_every_version_page_in_order(out):
    fed = {path: _body(text) for path, text in peers.list_archive_pages(VERSIONS)}
    assert len(fed) == VERSIONS * 2
    for at, row in enumerate(read_versions(out)["versions"], start=1):
        for locale in ("nb", "en"):
            page = out / "site" / version_folder(locale, row["version"]) / "policy.txt"
            assert fed[f"{locale}/{at:05d}.md"] == page.read_text(encoding="utf-8").split()


def test_the_current_site_says_every_word_of_the_newest_version(out):
    newest = read_versions(out)["versions"][-1]["version"]
    fed = sorted(peers.list_current_pages(VERSIONS))
    assert len(fed) == history.MEDIUM.sections * 2
    for locale in ("nb", "en"):
        said = [word for path, text in fed if path.startswith(locale) for word in text.split()]
        page = out / "site" / version_folder(locale, newest) / "policy.txt"
        assert [word for word in said if word not in {"---", "title:"}] == page.read_text("utf-8").split()


def test_a_clean_build_begins_without_what_other_runs_added(tmp_path):
    peers.write_peer_site(tmp_path / "archive", peers.list_archive_pages(2))
    before = sorted((tmp_path / "archive" / "content").rglob("*.md"))
    run(peers.add_version_command(tmp_path / "archive"))
    more = sorted((tmp_path / "archive" / "content").rglob("*.md"))
    assert len(more) == len(before) + 2
    run(peers.clean_command(tmp_path / "archive", "hugo"))
    assert sorted((tmp_path / "archive" / "content").rglob("*.md")) == before
