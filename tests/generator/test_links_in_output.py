"""A build writes and removes nothing outside of `out/`, wherever links in it lead."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.helpers.cli import BuildCommand
from tests.helpers.in_process import build
from tests.helpers.published_parts import read_parts

if TYPE_CHECKING:
    from pathlib import Path

front_door = BuildCommand()


@pytest.fixture
def out(built_out) -> Path:
    return built_out


def test_a_version_folder_that_leads_elsewhere_is_written_again(sample_history, published, out, tmp_path):
    moved = [*(out / "store").iterdir(), *(out / "generations").iterdir()]
    for folder in moved:
        folder.rename(tmp_path / folder.name)
        folder.symlink_to(tmp_path / folder.name)
    assert build(sample_history, out).written_version_count == 6
    assert read_parts(out) == published
    assert [path for path in moved if path.is_symlink()] == []
    assert all((tmp_path / path.name).is_dir() for path in moved)


@pytest.mark.cases_in_ci
@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("site", "/etc"),
        ("site", "current/site/../../../etc"),
        ("letters", "../elsewhere"),
        ("current", "/etc"),
        ("current", "generations/../../elsewhere"),
        ("store", "../elsewhere"),
        ("generations", "../elsewhere"),
        (".lock", "../elsewhere/mine"),
    ],
)
def test_a_link_that_leads_out_of_the_output_is_refused(name, target, sample_history, out, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "mine").write_text("mine")
    path = out / name
    path.rename(tmp_path / "before")
    path.symlink_to(target)
    result = front_door.build(sample_history, out, "--today", "2026-07-02")
    assert (result.code, len(result.err)) == (2, 1), result
    assert result.err[0].startswith(f"{path}: was not created by a build")
    assert {file.name: file.read_text() for file in elsewhere.iterdir()} == {"mine": "mine"}


LINKS_IN_WAIT = [
    ".new-build-state.json", ".new-current", ".new-site",
    "store/.new-0", "generations/.new", "build-state.json",
]  # fmt: skip


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("make", ["link", "folder", "pipe"])
@pytest.mark.parametrize("name", LINKS_IN_WAIT)
def test_nothing_is_written_through_what_lies_in_wait(name, make, next_commit, next_published, out, tmp_path):
    mine = tmp_path / "mine"
    mine.write_text("mine")
    path = out / name
    path.unlink(missing_ok=True)
    {"link": lambda: path.symlink_to(mine), "folder": path.mkdir, "pipe": lambda: os.mkfifo(path)}[make]()
    build(next_commit, out)
    assert read_parts(out) == next_published
    assert mine.read_text() == "mine"
