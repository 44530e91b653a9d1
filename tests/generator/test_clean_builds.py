"""A build says whether it rendered everything itself, so that one made with a cache is not deployed."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from generator.build_state import SOFTWARE_FOLDERS, is_clean_build, load_build_state, save_build_state
from generator.cache_key import CacheKey, load_cache_key
from tests.helpers.environment import REPOSITORY
from tests.helpers.file_clock import wait_for_next_stamp
from tests.helpers.in_process import build

if TYPE_CHECKING:
    from pathlib import Path

STRANGER = CacheKey(b"another user's key" + b"." * 14)


@pytest.fixture
def out(sample_history, tmp_path) -> Path:
    """The output of a build that rendered everything."""
    assert build(sample_history, tmp_path / "out").is_clean is True
    return tmp_path / "out"


def front_page(out: Path) -> Path:
    return out / "current" / "site" / "index.html"


def test_a_build_that_rendered_everything_is_clean(sample_history, next_commit, out, tmp_path):
    assert is_clean_build(tmp_path / "nothing") is False
    assert is_clean_build(out) is True
    assert build(sample_history, out).is_clean is True  # nothing to do
    assert is_clean_build(out) is True
    assert build(next_commit, out).is_clean is False
    assert is_clean_build(out) is False
    assert build(next_commit, out).is_clean is False
    assert build(next_commit, out, use_cache=False).is_clean is True
    assert is_clean_build(out) is True


def test_a_clean_build_that_was_altered_or_copied_or_is_of_another_user_is_not_clean(
    out, tmp_path, monkeypatch
):
    assert is_clean_build(shutil.copytree(out, tmp_path / "copy", symlinks=True)) is False
    with monkeypatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
        assert is_clean_build(out) is False
    assert is_clean_build(out) is True
    wait_for_next_stamp(tmp_path)
    front_page(out).write_text(front_page(out).read_text())  # the very same words
    assert is_clean_build(out) is False


def test_a_forged_mark_makes_no_build_clean(next_commit, out):
    build(next_commit, out)
    state = load_build_state(out, load_cache_key(out))
    assert state.is_clean is False
    save_build_state(out, replace(state, is_clean=True), STRANGER)
    assert is_clean_build(out) is False
    text = (out / "build-state.json").read_text()
    (out / "build-state.json").write_text(text.replace('"is_clean": false', '"is_clean": true'))
    assert is_clean_build(out) is False


def test_without_the_cache_no_asset_of_the_previous_site_is_kept(sample_history, out, tmp_path):
    templates = tmp_path / "project" / "templates"
    shutil.copytree(REPOSITORY / "templates", templates)
    for name in SOFTWARE_FOLDERS:
        if name != "templates":
            (templates.parent / name).symlink_to(REPOSITORY / name)
    (templates / "styles" / "10-values.css").write_text("main { color: CanvasText }")
    result = build(sample_history, out, project=templates.parent, use_cache=False)
    assert result.is_clean is True
    assert is_clean_build(out) is True
    assert len(list((out / "site" / "assets").glob("style.*"))) == 1
