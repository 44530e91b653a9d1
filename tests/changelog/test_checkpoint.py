"""What was kept from the last build is believed only whole, and only if this very software made it."""

from __future__ import annotations

import hashlib
import os
import pickle

import pytest

from changelog.checkpoint import load_checkpoint, save_checkpoint
from changelog.history import read_revisions
from changelog.replay import VersionLogBuilder, replay_history

NONE = (None, {})


@pytest.fixture
def file(tale, tmp_path):
    """A fold of a history in a file."""
    found = replay_history(lambda start: read_revisions(tale, "HEAD", start), None)
    part = found.versions[-1].documents["nb"].sections[0]
    save_checkpoint(tmp_path / ".checkpoint", "this", found, {part: "known"})
    return tmp_path / ".checkpoint"


def test_a_fold_comes_back_as_it_went(tale, file):
    found, beside = load_checkpoint(file, "this")
    assert repr(found) == repr(replay_history(lambda start: read_revisions(tale, "HEAD", start), None))
    assert beside == {found.versions[-1].documents["nb"].sections[0]: "known"}


def test_one_of_other_software_is_not_believed(file):
    assert load_checkpoint(file, "that") == NONE


@pytest.mark.parametrize("place", [0, 40, -1])
def test_one_with_a_bit_turned_is_not_believed(file, place):
    data = bytearray(file.read_bytes())
    data[place] ^= 1
    file.write_bytes(data)
    assert load_checkpoint(file, "this") == NONE


@pytest.mark.parametrize("size", [0, 7, 32, 1000])
def test_one_cut_short_is_not_believed(file, size):
    file.write_bytes(file.read_bytes()[:size])
    assert load_checkpoint(file, "this") == NONE


def test_where_none_was_kept_there_is_none(tmp_path):
    assert load_checkpoint(tmp_path / ".checkpoint", "this") == NONE


class Evil:
    """A value that runs a command when pickle makes it."""

    def __reduce__(self):
        return os.system, ("touch evil",)


@pytest.mark.parametrize(
    "value",
    [Evil(), print, os.path.join, {"a": 1}, None, object(), (None, {}), (VersionLogBuilder(), [])],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_fold_of_ours_is_refused_though_its_seal_fits(value, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    content = pickle.dumps(value)
    (tmp_path / ".checkpoint").write_bytes(hashlib.sha256(b"this\0" + content).digest() + content)
    assert load_checkpoint(tmp_path / ".checkpoint", "this") == NONE
    assert not (tmp_path / "evil").exists()
