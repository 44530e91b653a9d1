"""The generated history is always the same, and as long as requested."""

from __future__ import annotations

import pytest

from bench import history
from tests.helpers.cli import read_versions, run_command
from tests.helpers.in_process import build

VERSIONS = 27


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bench") / "history"
    history.create_repository(folder, VERSIONS)
    return folder


def _commit(repository, name="HEAD"):
    return run_command(repository, "git", "rev-parse", name)


def test_two_histories_of_one_seed_are_the_same_to_the_commit(repository, tmp_path):
    history.create_repository(tmp_path / "again", VERSIONS)
    assert _commit(tmp_path / "again") == _commit(repository)


def test_another_seed_makes_another_history(repository, tmp_path):
    history.create_repository(tmp_path / "other", VERSIONS, seed=2)
    assert _commit(tmp_path / "other") != _commit(repository)


def test_a_longer_history_begins_with_the_shorter_one(repository, tmp_path):
    history.create_repository(tmp_path / "longer", VERSIONS + 3)
    assert run_command(tmp_path / "longer", "git", "rev-parse", "HEAD~3") == run_command(
        repository, "git", "rev-parse", "HEAD"
    )


def test_every_commit_makes_a_version_and_every_25th_edit_is_major(repository, tmp_path):
    build(repository, tmp_path / "out", today="2060-01-01")
    levels = [row["level"] for row in read_versions(tmp_path / "out")["versions"]]
    assert len(levels) == VERSIONS
    assert [at for at, level in enumerate(levels[1:], start=1) if level == "major"] == [25]


def test_every_edit_writes_one_section_in_both_languages_and_its_note(repository):
    for edit in range(VERSIONS - 1):
        newer, older = f"HEAD~{edit}", f"HEAD~{edit + 1}"
        paths = run_command(repository, "git", "diff", "--name-only", older, newer).split()
        assert sorted(path.split("/")[1] for path in paths) == ["changes", "en", "nb"]


def test_there_are_thirty_sections_in_each_language(repository):
    for locale in ("nb", "en"):
        assert len(list((repository / "content" / locale).iterdir())) == history.MEDIUM.sections == 30


def test_the_large_history_has_twenty_thousand_words_a_language_and_a_note_for_five_edits(tmp_path):
    history.create_repository(tmp_path / "large", 11, shape=history.LARGE)
    for locale in ("nb", "en"):
        texts = (path.read_text("utf-8") for path in (tmp_path / "large/content" / locale).iterdir())
        assert 19_000 < sum(len(text.split()) for text in texts) < 21_000
    assert sorted(path.name for path in (tmp_path / "large/content/changes").iterdir()) == [
        "00005.yaml",
        "00010.yaml",
    ]
