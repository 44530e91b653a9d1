"""Whoever can write `out/` cannot change what the next build publishes, whatever they alter there.

They know the software and every checksum, but not the key (tests/generator/test_cache_key.py).
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest

from generator.build_state import (
    SOFTWARE_FOLDERS,
    find_unchanged_build,
    list_file_stats,
    load_build_state,
    save_build_state,
)
from generator.cache_key import CacheKey, load_cache_key
from generator.stored_folders import hash_digests, hash_folder
from tests.helpers.environment import REPOSITORY
from tests.helpers.file_clock import wait_for_next_stamp
from tests.helpers.in_process import build
from tests.helpers.published_parts import read_parts

STRANGER = CacheKey(b"another user's key" + b"." * 14)


@pytest.fixture
def out(built_out) -> Path:
    return built_out


def list_files(out: Path) -> list[Path]:
    return sorted(path for path in out.rglob("*") if path.is_file() and not path.is_symlink())


def list_published_files(out: Path) -> list[Path]:
    return [path for path in list_files(out) if path.parent != out]


def alter(path: Path) -> None:
    """Change one byte, and set the times back: the size is the same too."""
    times = path.stat()
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def replace_with_copy(path: Path) -> None:
    """Put another file with other words in its place, with the same size and times."""
    times = path.stat()
    content = path.read_bytes().replace(b"a", b"o")
    path.unlink()
    path.write_bytes(content)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def replace_with_link(path: Path) -> None:
    """Move it elsewhere and put a link in its place: content, size and inode are the same."""
    elsewhere = Path(tempfile.mkdtemp()) / path.name
    path.rename(elsewhere)
    path.symlink_to(elsewhere)


def replace_with_fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def replace_with_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


ALTERATIONS = {
    "another byte": alter,
    "another file": replace_with_copy,
    "a link to elsewhere": replace_with_link,
    "a pipe that nobody writes to": replace_with_fifo,
    "an empty folder": replace_with_folder,
    "no file": lambda path: path.unlink(),
    "a file that nobody may read": lambda path: path.chmod(0),
    "one more file": lambda path: path.with_name(f"{path.name}.bak").write_text("<"),
    "one more folder": lambda path: path.with_name(f"{path.name}.d").mkdir(),
    "one more link": lambda path: path.with_name(f"{path.name}.l").symlink_to("/etc"),
}


@pytest.fixture
def backup(out, tmp_path) -> Path:
    return shutil.copytree(out, tmp_path / "backup", symlinks=True)


def restore(backup: Path, out: Path, path: Path) -> None:
    """Restore the version folder or generation of a file, and renew the stats in the state."""
    folder = path.relative_to(out).parts[:2]
    shutil.rmtree(out.joinpath(*folder))
    shutil.copytree(backup.joinpath(*folder), out.joinpath(*folder), symlinks=True)
    wait_for_next_stamp(backup.parent)
    key = load_cache_key(out)
    state = load_build_state(out, key)
    folders = {name: dict(list_file_stats(out / name)) for name in state.folders}
    save_build_state(out, replace(state, folders=folders), key)


@pytest.mark.cases_in_ci("another byte", "no file", "one more file")
@pytest.mark.parametrize("change", ALTERATIONS.values(), ids=ALTERATIONS)
def test_a_build_with_nothing_to_do_notices_each_altered_file(change, out, backup):
    key = load_cache_key(out)
    inputs = load_build_state(out, key).inputs
    paths = list_published_files(out)
    assert len(paths) > 60
    missed = []
    for path in paths:
        assert find_unchanged_build(out, inputs, key)
        change(path)
        if find_unchanged_build(out, inputs, key):
            missed.append(path)
        restore(backup, out, path)
    assert missed == []


_ROUNDS = 6


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("change", ALTERATIONS.values(), ids=ALTERATIONS)
def test_the_next_build_repairs_each_altered_file(change, request, out, tmp_path):
    sources = [
        tuple(map(request.getfixturevalue, names))
        for names in (("sample_history", "published"), ("next_commit", "next_published"))
    ]
    for number in range(_ROUNDS):
        copy = shutil.copytree(out, tmp_path / f"copy-{number}", symlinks=True)
        siblings = defaultdict(list)
        for path in list_published_files(copy):
            siblings[path.relative_to(copy).parts[:2]].append(path)
        for paths in siblings.values():
            for path in paths[number::_ROUNDS]:
                change(path)
        if number % 2:
            (copy / "build-state.json").unlink()
        source, expected = sources[number // 2 % 2]
        build(source, copy)
        assert read_parts(copy) == expected, number
        shutil.rmtree(copy)


def forge(out: Path, words: bytes, other: bytes, key: CacheKey) -> None:
    """Change words on every page, and mend whatever can be computed with another key."""
    for path in list_published_files(out):
        content = path.read_bytes()
        if words in content:
            path.write_bytes(content.replace(words, other))
    for folder in (out / "store").iterdir():
        digests = hash_folder(folder)
        del digests[".authentication"]
        code = key.compute_code(f"version folder {folder.name}", hash_digests(digests).encode())
        (folder / ".authentication").write_text(code)
    state = load_build_state(out, load_cache_key(out))
    folders = {name: dict(list_file_stats(out / name)) for name in state.folders}
    save_build_state(out, replace(state, folders=folders), key)


@pytest.mark.long
def test_forged_pages_with_all_checksums_mended_are_written_again(
    sample_history, published, next_commit, next_published, out
):
    forge(out, b"trykkeriet", b"alle i Oslo", STRANGER)
    assert read_parts(out) != published
    build(next_commit, out)
    assert read_parts(out) == next_published
    forge(out, b"trykkeriet", b"alle i Oslo", STRANGER)
    build(sample_history, out)
    assert read_parts(out) == published


def test_what_another_user_has_built_is_written_again(sample_history, published, tmp_path, monkeypatch):
    out = tmp_path / "out"
    with monkeypatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
        build(sample_history, out)
        assert build(sample_history, out).written_version_count == 0
    result = build(sample_history, out)
    assert (result.written_version_count, result.is_clean) == (6, True)
    assert read_parts(out) == published


def test_version_folders_that_were_swapped_are_written_again(sample_history, published, out):
    first, second, *_ = sorted((out / "store").iterdir())
    first.rename(out / "store" / "third")
    second.rename(first)
    (out / "store" / "third").rename(second)
    assert build(sample_history, out).written_version_count == 2
    assert read_parts(out) == published


def test_a_path_outside_of_the_assets_is_never_copied_into_the_site(next_commit, next_published, out):
    key = load_cache_key(out)
    state = load_build_state(out, key)
    assets = {"../../../../secret": hashlib.sha256(b"secret").hexdigest()}
    (out.parent / "secret").write_text("secret")
    save_build_state(out, replace(state, assets=assets), STRANGER)
    (out / "current" / "manifest.json").write_text(json.dumps({"schema": 1, "assets": list(assets)}))
    build(next_commit, out)
    assert read_parts(out) == next_published


def test_an_asset_of_the_previous_site_that_was_altered_is_left_out(sample_history, out, tmp_path):
    templates = tmp_path / "project" / "templates"
    shutil.copytree(REPOSITORY / "templates", templates)
    for name in SOFTWARE_FOLDERS:
        if name != "templates":
            (templates.parent / name).symlink_to(REPOSITORY / name)
    (templates / "styles" / "10-values.css").write_text("main { color: CanvasText }")
    old = next((out / "site" / "assets").glob("style.*"))
    other = shutil.copytree(out, tmp_path / "other", symlinks=True)
    build(sample_history, other)
    for folder, is_altered in ((out, True), (other, False)):
        if is_altered:
            alter((folder / "site" / "assets" / old.name).resolve())
        result = build(sample_history, folder, project=templates.parent)
        assert result.is_clean is is_altered
        assert (folder / "site" / "assets" / old.name).exists() is not is_altered


def test_the_times_of_a_file_do_not_hide_that_it_was_altered(out):
    path = list_published_files(out)[0]
    wait_for_next_stamp(out.parent)
    before = path.stat()
    alter(path)
    after = path.stat()
    assert (after.st_size, after.st_mtime_ns, after.st_ino) == (
        before.st_size, before.st_mtime_ns, before.st_ino
    )  # fmt: skip
    assert after.st_ctime_ns != before.st_ctime_ns
