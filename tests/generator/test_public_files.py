"""Folders that several processes of a build create, and files that only the next build may read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from generator.public_files import create_public_folder
from tests.helpers.in_process import build


@pytest.fixture
def open_umask():
    before = os.umask(0)
    yield
    os.umask(before)


def test_a_folder_that_another_process_creates_meanwhile_is_no_error(tmp_path, monkeypatch):
    wanted = tmp_path / "en" / "version"
    original = Path.mkdir
    created = []

    def mkdir(path: Path, *arguments, **options):
        original(path, *arguments, **options)
        if path == wanted.parent and not created:
            created.append(wanted)
            original(wanted)  # the other process is faster

    monkeypatch.setattr(Path, "mkdir", mkdir)
    create_public_folder(wanted)
    assert created == [wanted]
    assert wanted.is_dir()


@pytest.mark.usefixtures("open_umask")
def test_nobody_else_can_write_the_files_that_a_build_leaves_for_the_next(sample_history, tmp_path):
    build(sample_history, tmp_path / "out")
    files = [path for path in (tmp_path / "out").iterdir() if path.is_file()]
    assert {path.name for path in files} >= {"build-state.json", ".lock"}
    assert [path.name for path in files if path.stat().st_mode & 0o022] == []


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("name", ["fold.kept", ".checkpoint", ".new-.checkpoint", "standing.json"])
def test_files_of_earlier_versions_of_the_software_are_removed(sample_history, tmp_path, name):
    out = tmp_path / "out"
    build(sample_history, out)
    (out / name).write_bytes(b"words that were redacted later")
    build(sample_history, out, use_cache=False)
    assert not (out / name).exists()
