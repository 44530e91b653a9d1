"""A build with nothing to do ends at once; one whose output was damaged repairs it."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.helpers.cli import BuildCommand, hash_files, report_heavy_imports, run_command
from tests.helpers.in_process import build

if TYPE_CHECKING:
    from pathlib import Path

front_door = BuildCommand()


@pytest.fixture
def out(sample_out, tmp_path) -> Path:
    """A copy of the site as it was built, modification times included."""
    subprocess.run(["cp", "-a", sample_out, tmp_path / "out"], check=True)
    return tmp_path / "out"


@pytest.fixture
def watched(tmp_path) -> str:
    """A folder for PYTHONPATH that makes Python print at exit which heavy packages it has loaded."""
    return report_heavy_imports(tmp_path / "watch")


def test_a_build_with_nothing_to_do_loads_nothing_heavy_and_reports_what_there_is(
    sample_history, out, watched
):
    build(sample_history, out)  # the copies have inodes of their own, which the state records
    before = hash_files(out)
    result = front_door.build(sample_history, out, PYTHONPATH=watched)
    assert (result.code, result.err) == (0, ("[]",))
    assert result.out.splitlines()[:2] == [
        "history   6 revisions, 6 versions",
        "versions  0 written, 6 kept",
    ]
    assert hash_files(out) == before


@pytest.mark.cases_in_ci
@pytest.mark.parametrize(
    "options",
    [("--today", "2026-07-01"), ("--base-url", "https://example.com/p/"), ("--no-cache",), ("--draft",)],
    ids=" ".join,
)
def test_a_build_with_other_inputs_is_not_skipped(sample_history, out, watched, options):
    assert front_door.build(sample_history, out, *options, PYTHONPATH=watched).err[-1] != "[]"


def test_another_published_file_is_compared_with_the_history(sample_history, out, tmp_path):
    log = tmp_path / "log.json"
    log.write_bytes((out / "site" / "api" / "log.json").read_bytes())
    build(sample_history, out, published=str(log))
    known = json.loads(log.read_bytes())
    known["entries"][0]["level"] = "minor"
    log.write_text(json.dumps(known))
    assert front_door.build(sample_history, out, "--published", log).code == 2


def test_warnings_are_printed_again_though_nothing_changed(sample_history, tmp_path):
    source, out = tmp_path / "source", tmp_path / "out"
    shutil.copytree(sample_history, source)
    (source / "content" / "policy.yaml").write_text("title: [")
    run_command(source, "git", "commit", "-qam", "Break it")
    run_command(source, "git", "checkout", "-q", "HEAD~1", "--", ".")
    run_command(source, "git", "commit", "-qam", "Mend it")
    first, second = front_door.build(source, out), front_door.build(source, out)
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
    "a manifest of earlier software": lambda out: (out / "current" / "manifest.json").write_text(
        '{"schema": 1, "assets": ["../../../../etc/passwd"], "redactions": ""}'
    ),
    "a link gone": lambda out: (_front(out).parent / "versjon" / "1.0").unlink(),
    "a link led astray": lambda out: (
        (_front(out).parent / "versjon" / "1.0").unlink(),
        (_front(out).parent / "versjon" / "1.0").symlink_to("../../../.."),
    ),
    "no build state": lambda out: (out / "build-state.json").unlink(),
    "a broken build state": lambda out: (out / "build-state.json").write_text('{"schema": 2, "folders": 7}'),
    "not a build state": lambda out: (out / "build-state.json").write_text('["\\u0000"]'),
    "a build state with other times": lambda out: (out / "build-state.json").write_text(
        (out / "build-state.json").read_text().replace('"nb/index.html": [', '"nb/index.html": [1')
    ),
}


@pytest.mark.cases_in_ci("a page cut short", "a version gone", "a link led astray")
@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damage_is_repaired_by_the_next_build(sample_history, sample_out, out, damage):
    damage(out)
    build(sample_history, out)
    assert hash_files(out / "site") == hash_files(sample_out / "site")
    assert hash_files(out / "letters") == hash_files(sample_out / "letters")
    assert sorted(path.name for path in (out / "store").iterdir()) == sorted(
        path.name for path in (sample_out / "store").iterdir()
    )


def test_an_altered_page_is_repaired_together_with_the_next_change(sample_history, out, tmp_path):
    source = tmp_path / "source"
    shutil.copytree(sample_history, source)
    _page(out).write_text("<")
    (source / "content" / "nb" / "01-kontakt.md").write_text("---\ntitle: Kontakt\n---\nRing oss.\n")
    run_command(source, "git", "commit", "-qam", "Edit")
    build(source, out)
    build(source, tmp_path / "clean")
    assert hash_files(out / "site") == hash_files(tmp_path / "clean" / "site")


def test_two_policies_of_one_repository_share_no_cache(sample_history, tmp_path):
    source, out = tmp_path / "source", tmp_path / "out"
    shutil.copytree(sample_history, source)
    shutil.copytree(source / "content", source / "other" / "content")
    (source / "other" / "content" / "nb" / "01-kontakt.md").write_text(
        "---\ntitle: Kontakt\n---\nRing oss.\n"
    )
    run_command(source, "git", "add", "-A")
    run_command(source, "git", "commit", "-qm", "Add another")
    build(source, out)
    build(source / "other", out)
    build(source / "other", tmp_path / "clean")
    assert pages(out) == pages(tmp_path / "clean")


def test_two_policies_with_the_same_text_and_other_markup_share_no_cache(sample_history, tmp_path):
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
        build(source / name, out)
    build(source / "other", tmp_path / "clean")
    assert hash_files(out / "site" / "versjon") == hash_files(tmp_path / "clean" / "site" / "versjon")


def pages(out: Path) -> dict[str, str]:
    return {
        path: digest for path, digest in hash_files(out / "site").items() if not path.startswith("assets/")
    }


def test_folders_copied_without_their_times_are_recognized_by_their_content(
    sample_history, out, tmp_path, watched
):
    copy = tmp_path / "copy"
    shutil.copytree(out, copy, symlinks=True, copy_function=shutil.copyfile)
    result = build(sample_history, copy)
    assert (result.written_version_count, result.kept_version_count) == (0, 6)
    assert front_door.build(sample_history, copy, PYTHONPATH=watched).err == ("[]",)
