"""The sample history with one more commit, and what is published before and after it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.helpers.cli import run_command
from tests.helpers.in_process import build
from tests.helpers.published_parts import read_parts

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def built_out(sample_history, sample_out, tmp_path) -> Path:
    """A site that this user has built, unchanged since then."""
    shutil.copytree(sample_out, tmp_path / "out", symlinks=True)
    build(sample_history, tmp_path / "out")
    return tmp_path / "out"


@pytest.fixture
def published(sample_out) -> dict[str, dict[str, str]]:
    """What readers and the notifier get from a clean build."""
    return read_parts(sample_out)


@pytest.fixture
def next_commit(sample_history, tmp_path) -> Path:
    """The sample history and one more commit."""
    source = shutil.copytree(sample_history, tmp_path / "next")
    (source / "content" / "nb" / "01-kontakt.md").write_text("---\ntitle: Kontakt\n---\nRing oss.\n")
    run_command(source, "git", "commit", "-qam", "Edit")
    return source


@pytest.fixture
def next_published(next_commit, tmp_path) -> dict[str, dict[str, str]]:
    """What a clean build of one more commit publishes."""
    build(next_commit, tmp_path / "next-out")
    return read_parts(tmp_path / "next-out")
