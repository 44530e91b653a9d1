"""The key is private, made once, and never an error: without one, a build reuses nothing."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path
from threading import Barrier, Thread

import pytest

from generator.cache_key import CacheKey, load_cache_key
from tests.helpers.cli import BuildCommand, hash_files
from tests.helpers.in_process import build


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty home folder of this test's own."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    return folder


@pytest.fixture
def key_file(home):
    return home / ".local" / "state" / "klartekst" / "cache-key"


@pytest.mark.parametrize("umask", [0, 0o022, 0o777])
def test_the_key_is_made_once_and_only_its_owner_can_read_it(umask, key_file, home, tmp_path):
    before = os.umask(umask)
    try:
        key = load_cache_key(tmp_path / "out")
    finally:
        os.umask(before)
    if umask == 0o777 and os.geteuid() != 0:  # not even its owner
        assert key is None
        return
    assert load_cache_key(tmp_path / "out") == key or umask == 0o777
    assert not stat.S_IMODE(key_file.stat().st_mode) & 0o177
    for folder in key_file.relative_to(home).parents:
        assert folder.name == "" or not stat.S_IMODE((home / folder).stat().st_mode) & 0o077
    assert [path.name for path in key_file.parent.iterdir()] == ["cache-key"]


def test_the_state_folder_may_be_elsewhere(home, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert load_cache_key(tmp_path / "out")
    assert (tmp_path / "state" / "klartekst" / "cache-key").is_file()
    monkeypatch.setenv("XDG_STATE_HOME", "not/absolute")
    assert load_cache_key(tmp_path / "out")
    assert (home / ".local" / "state" / "klartekst" / "cache-key").is_file()
    assert list(home.iterdir()) == [home / ".local"]


def test_a_key_does_not_show_its_secret():
    assert "secret" not in repr(CacheKey(b"secret"))


DAMAGES = {
    "empty": lambda file: file.write_bytes(b""),
    "too short": lambda file: file.write_bytes(b"x" * 31),
    "too long": lambda file: file.write_bytes(b"x" * 33),
    "readable for others": lambda file: file.chmod(0o640),
    "writable for others": lambda file: file.chmod(0o602),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_key_that_others_may_know_or_that_is_damaged_is_replaced(damage, key_file, tmp_path):
    old = load_cache_key(tmp_path / "out")
    damage(key_file)
    new = load_cache_key(tmp_path / "out")
    assert new
    assert new != old
    assert load_cache_key(tmp_path / "out") == new
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600


IMPOSSIBLE = {
    "a link": lambda file: (file.unlink(), file.symlink_to("/etc/hostname")),
    "a folder": lambda file: (file.unlink(), file.mkdir()),
    "a folder that is a file": lambda file: (shutil.rmtree(file.parent), file.parent.write_text("")),
}


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("obstacle", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_a_build_without_a_key_reuses_nothing_and_is_no_error(
    obstacle, key_file, sample_history, sample_out, tmp_path
):
    out = tmp_path / "out"
    load_cache_key(out)
    obstacle(key_file)
    assert load_cache_key(out) is None
    for _ in range(2):
        result = build(sample_history, out)
        assert (result.written_version_count, result.is_clean) == (6, True)
        assert not (out / "build-state.json").exists()
        # Six versions and a past day, of this build and of the one before it.
        assert len(list((out / "store").iterdir())) <= 2 * 7
    assert hash_files(out / "site") == hash_files(sample_out / "site")


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("home", ["/nowhere", "/dev/null", "/proc", ""])
def test_a_home_that_does_not_exist_or_cannot_be_written_is_no_error(home, sample_history, tmp_path):
    result = BuildCommand().build(sample_history, tmp_path / "out", HOME=home)
    assert (result.code, result.err) == (0, ())
    assert not (Path(home or "/") / ".local").exists()


def test_a_key_inside_of_the_output_is_not_used(home, tmp_path):
    assert load_cache_key(home / ".local") is None
    assert load_cache_key(tmp_path) is None
    assert list(home.iterdir()) == []


def test_builds_at_once_get_the_same_key(key_file, tmp_path):
    barrier, keys = Barrier(8), []

    def load():
        barrier.wait()
        keys.append(load_cache_key(tmp_path / "out"))

    threads = [Thread(target=load) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(keys)) == 1
    assert keys[0] == CacheKey(key_file.read_bytes())


def test_root_makes_no_key_in_the_home_of_somebody_else(as_root, home, tmp_path):  # noqa: ARG001
    os.chown(home, 12345, 12345)
    assert load_cache_key(tmp_path / "out") is None
    assert list(home.iterdir()) == []


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"{}",
        b'{"authentication": "',
        b'{"authentication": "' + b"0" * 64 + b'", "a": 1}',
        b"[" * 100_000,
    ],
)
def test_what_the_key_did_not_authenticate_is_not_even_parsed(file):
    with pytest.raises(ValueError, match="not written by a build"):
        CacheKey(b"k" * 32).deserialize("state", file)


def test_an_authenticated_file_is_authentic_for_its_purpose_and_key_only():
    key = CacheKey(b"k" * 32)
    file = key.serialize("state", {"a": "Å", "b": [1]})
    assert key.deserialize("state", file) == {"a": "Å", "b": [1]}
    for other, purpose in ((key, "folder"), (CacheKey(b"o" * 32), "state")):
        with pytest.raises(ValueError, match="not written by a build"):
            other.deserialize(purpose, file)
    for position in range(len(file)):
        changed = bytearray(file)
        changed[position] ^= 1
        with pytest.raises(ValueError, match="not written by a build"):
            key.deserialize("state", bytes(changed))
