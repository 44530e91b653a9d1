"""A build that has nothing to do says so at once; one whose output was damaged mends it."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.helpers.cli import BuildCommand, hash_files, report_heavy_imports, run_command

if TYPE_CHECKING:
    from pathlib import Path

build = BuildCommand().build


@pytest.fixture
def out(sample_out, tmp_path) -> Path:
    """A copy of the site as it was built, times and all."""
    subprocess.run(["cp", "-a", sample_out, tmp_path / "out"], check=True)
    return tmp_path / "out"


@pytest.fixture
def watched(tmp_path) -> str:
    """A folder for PYTHONPATH that lets Python say in the end which heavy packages it has loaded."""
    return report_heavy_imports(tmp_path / "watch")


def test_a_build_with_nothing_to_do_loads_nothing_heavy_and_says_what_stands(sample_history, out, watched):
    before = hash_files(out)
    result = build(sample_history, out, PYTHONPATH=watched)
    assert (result.code, result.err) == (0, ("[]",))
    assert result.out.splitlines()[:2] == [
        "history   6 revisions, 6 versions",
        "versions  0 written, 6 kept",
    ]
    assert hash_files(out) == before


@pytest.mark.parametrize(
    "options",
    [("--today", "2026-07-01"), ("--base-url", "https://example.com/p/"), ("--no-cache",), ("--draft",)],
    ids=" ".join,
)
def test_what_a_build_is_made_from_is_never_taken_as_it_was(sample_history, out, watched, options):
    assert build(sample_history, out, *options, PYTHONPATH=watched).err[-1] != "[]"


def test_a_published_record_that_came_later_is_held_against_the_past(sample_history, out, tmp_path):
    record = tmp_path / "versions.json"
    record.write_bytes((out / "site" / "api" / "versions.json").read_bytes())
    assert build(sample_history, out, "--published", record).code == 0
    known = json.loads(record.read_bytes())
    known["versions"][0]["level"] = "minor"
    record.write_text(json.dumps(known))
    assert build(sample_history, out, "--published", record).code == 2


def test_warnings_are_said_again_though_nothing_changed(sample_history, tmp_path):
    source, out = tmp_path / "source", tmp_path / "out"
    shutil.copytree(sample_history, source)
    (source / "content" / "policy.yaml").write_text("title: [")
    run_command(source, "git", "commit", "-qam", "Break it")
    run_command(source, "git", "checkout", "-q", "HEAD~1", "--", ".")
    run_command(source, "git", "commit", "-qam", "Mend it")
    first, second = build(source, out), build(source, out)
    assert "cannot be read" in first.err[0]
    assert second.err == first.err


def _page(out: Path) -> Path:
    return (out / "site" / "versjon" / "1.0" / "index.html").resolve()


def _front(out: Path) -> Path:
    return (out / "site" / "index.html").resolve()


DAMAGES = {
    "a page cut short": lambda out: _page(out).write_text("<"),
    "a page of the same length": lambda out: _page(out).write_bytes(b"x" * _page(out).stat().st_size),
    "a page gone": lambda out: _page(out).unlink(),
    "a version gone": lambda out: shutil.rmtree(_page(out).parents[1]),
    "a front page cut short": lambda out: _front(out).write_text("<"),
    "a front page gone": lambda out: _front(out).unlink(),
    "a strange front page": lambda out: (_front(out).parent / "strange.html").write_text("<"),
    "a strange page of a version": lambda out: (_page(out).parent / "strange.html").write_text("<"),
    "a broken manifest": lambda out: (out / "current" / "manifest.json").write_text('{"schema": 2'),
    "a strange manifest": lambda out: (out / "current" / "manifest.json").write_text(
        '{"schema": 1, "assets": [7], "redactions": ""}'
    ),
    "a link gone": lambda out: (_front(out).parent / "versjon" / "1.0").unlink(),
    "a link led astray": lambda out: (
        (_front(out).parent / "versjon" / "1.0").unlink(),
        (_front(out).parent / "versjon" / "1.0").symlink_to("../../../.."),
    ),
    "no memory": lambda out: (out / "build-state.json").unlink(),
    "a broken memory": lambda out: (out / "build-state.json").write_text('{"schema": 2, "folders": 7}'),
    "a foreign memory": lambda out: (out / "build-state.json").write_text('["\\u0000"]'),
    "the memory of another time": lambda out: (out / "build-state.json").write_text(
        (out / "build-state.json").read_text().replace('"nb/index.html": [', '"nb/index.html": [1')
    ),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_what_was_damaged_is_mended_by_the_next_build(sample_history, sample_out, out, damage):
    damage(out)
    assert build(sample_history, out).code == 0
    assert hash_files(out / "site") == hash_files(sample_out / "site")
    assert hash_files(out / "letters") == hash_files(sample_out / "letters")
    assert sorted(path.name for path in (out / "store").iterdir()) == sorted(
        path.name for path in (sample_out / "store").iterdir()
    )


def test_a_page_that_somebody_altered_is_mended_together_with_the_next_change(sample_history, out, tmp_path):
    source = tmp_path / "source"
    shutil.copytree(sample_history, source)
    _page(out).write_text("<")
    (source / "content" / "nb" / "01-kontakt.md").write_text("---\ntitle: Kontakt\n---\nRing oss.\n")
    run_command(source, "git", "commit", "-qam", "Edit")
    assert build(source, out).code == 0
    assert build(source, tmp_path / "clean").code == 0
    assert hash_files(out / "site") == hash_files(tmp_path / "clean" / "site")


def test_two_policies_of_one_repository_never_go_on_from_each_other(sample_history, tmp_path):
    source, out = tmp_path / "source", tmp_path / "out"
    shutil.copytree(sample_history, source)
    shutil.copytree(source / "content", source / "other" / "content")
    (source / "other" / "content" / "nb" / "01-kontakt.md").write_text(
        "---\ntitle: Kontakt\n---\nRing oss.\n"
    )
    run_command(source, "git", "add", "-A")
    run_command(source, "git", "commit", "-qm", "Add another")
    assert build(source, out).code == 0
    assert build(source / "other", out).code == 0
    assert build(source / "other", tmp_path / "clean").code == 0
    assert pages(out) == pages(tmp_path / "clean")


def test_nor_do_two_that_say_the_same_and_look_different(sample_history, tmp_path):
    source, out = tmp_path / "source", tmp_path / "out"
    for name, words in (("one", "Ring **oss**."), ("other", "Ring oss.")):
        shutil.copytree(sample_history / "content", source / name / "content")
        (source / name / "content" / "nb" / "01-kontakt.md").write_text(
            f"---\ntitle: Kontakt\n---\n{words}\n"
        )
    run_command(source, "git", "init", "-q")
    run_command(source, "git", "add", "-A")
    run_command(source, "git", "commit", "-qm", "Begin")
    for name in ("one", "other"):
        assert build(source / name, out).code == 0
    assert build(source / "other", tmp_path / "clean").code == 0
    assert hash_files(out / "site" / "versjon") == hash_files(tmp_path / "clean" / "site" / "versjon")


def pages(out: Path) -> dict[str, str]:
    return {
        path: digest for path, digest in hash_files(out / "site").items() if not path.startswith("assets/")
    }


def test_folders_copied_without_their_times_are_known_by_what_they_hold(
    sample_history, out, tmp_path, watched
):
    copy = tmp_path / "copy"
    shutil.copytree(out, copy, symlinks=True, copy_function=shutil.copyfile)
    assert "versions  0 written, 6 kept" in build(sample_history, copy).out
    assert build(sample_history, copy, PYTHONPATH=watched).err == ("[]",)
