"""What stands in for us: Hugo's version pages, htmldiff's change pages and a change log from `git log`."""

from __future__ import annotations

import pytest

from bench import same_pages
from bench.timing import CannotRunError, Command, run

VERSIONS = {"00001": "one", "00002": "two", "00003": "three"}


@pytest.fixture
def archive(tmp_path, monkeypatch):
    """An archive that has been built, with an engine that puts two texts beside each other."""
    engine = tmp_path / "tools" / "node_modules" / "node-htmldiff"
    engine.mkdir(parents=True)
    (engine / "index.js").write_text("module.exports = (older, newer) => `${older}|${newer}`;")
    for version, text in VERSIONS.items():
        page = tmp_path / "archive" / "hugo" / "nb" / version / "index.html"
        page.parent.mkdir(parents=True)
        page.write_text(f"<!doctype html><title>Version</title><p>{text}</p>")
    monkeypatch.setattr(same_pages.peers, "TOOLS", tmp_path / "tools")
    monkeypatch.setattr(same_pages.peers, "hugo_command", lambda _: Command(("true",)))
    return tmp_path / "archive"


def test_each_version_but_the_first_gets_a_page_of_changes_and_all_a_line_of_the_log(archive, tmp_path):
    repository = tmp_path / "repository"
    run(["git", "init", "-q", str(repository)])
    commit = ["git", "-C", str(repository), "-c", "user.name=a", "-c", "user.email=a@example.no", "commit"]
    for subject in ("First", "Second"):
        run([*commit, "-q", "--allow-empty", "-m", subject])
    run(same_pages.same_pages_command(archive, repository, "HEAD").line)
    changes = archive / "changes"
    assert sorted(path.name for path in (changes / "nb").iterdir()) == ["00002", "00003"]
    page = (changes / "nb" / "00003" / "index.html").read_text()
    assert page.endswith("<p>two</p>|<p>three</p>")
    log = (changes / "index.html").read_text()
    assert log.index("Second</li>") < log.index("First</li>")


def test_it_begins_without_pages_of_an_earlier_run(archive, tmp_path):
    (archive / "content" / "nb").mkdir(parents=True)
    (archive / "changes").mkdir()
    run(same_pages.same_pages_command(archive, tmp_path, "HEAD").prepare)
    assert [path.name for path in archive.iterdir()] == ["content"]


def test_without_the_engine_it_cannot_run(monkeypatch, tmp_path):
    monkeypatch.setattr(same_pages, "ENGINE", tmp_path / "missing")
    with pytest.raises(CannotRunError, match="node-htmldiff is not installed"):
        same_pages.measure_against_same_pages(Command(("true",)), Command(("true",)))
