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
from tests.helpers.cli import BuildCommand, hash_files, run_command
from tests.helpers.environment import REPOSITORY
from tests.helpers.in_process import build

front_door = BuildCommand()
STRANGER = CacheKey(b"another user's key" + b"." * 14)


@pytest.fixture
def out(sample_history, sample_out, tmp_path) -> Path:
    """A site that this user has built, unchanged since then."""
    shutil.copytree(sample_out, tmp_path / "out", symlinks=True)
    build(sample_history, tmp_path / "out")
    return tmp_path / "out"


@pytest.fixture
def published(sample_out) -> dict[str, dict[str, str]]:
    """What readers and the notifier get from a clean build."""
    return {part: hash_files(sample_out / part) for part in ("site", "letters")}


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


def read_parts(out: Path) -> dict[str, dict[str, str]]:
    return {part: hash_files(out / part) for part in ("site", "letters")}


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
    key = load_cache_key(out)
    state = load_build_state(out, key)
    folders = {name: dict(list_file_stats(out / name)) for name in state.folders}
    save_build_state(out, replace(state, folders=folders), key)


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


def test_a_version_folder_that_leads_elsewhere_is_written_again(sample_history, published, out, tmp_path):
    moved = [*(out / "store").iterdir(), *(out / "generations").iterdir()]
    for folder in moved:
        folder.rename(tmp_path / folder.name)
        folder.symlink_to(tmp_path / folder.name)
    assert build(sample_history, out).written_version_count == 6
    assert read_parts(out) == published
    assert [path for path in moved if path.is_symlink()] == []
    assert all((tmp_path / path.name).is_dir() for path in moved)


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
    (templates / "assets" / "style.css").write_text("main { color: CanvasText }")
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
    before = path.stat()
    alter(path)
    after = path.stat()
    assert (after.st_size, after.st_mtime_ns, after.st_ino) == (
        before.st_size, before.st_mtime_ns, before.st_ino
    )  # fmt: skip
    assert after.st_ctime_ns != before.st_ctime_ns
