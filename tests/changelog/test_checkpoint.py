"""A checkpoint is used only if it is complete and written by this very software."""

from __future__ import annotations

import hashlib
import os
import pickle

import pytest

from changelog.checkpoint import load_checkpoint, save_checkpoint
from changelog.history import read_revisions
from changelog.replay import VersionLogBuilder, replay_history
from common.messages import Message

NONE = (None, {})


@pytest.fixture
def file(sample_history, tmp_path):
    """A checkpoint of a history."""
    builder = replay_history(lambda start: read_revisions(sample_history, "HEAD", start), None)
    section = builder.versions[-1].documents["nb"].sections[0]
    save_checkpoint(tmp_path / ".checkpoint", "this", builder, {section: "rendered"})
    return tmp_path / ".checkpoint"


def test_a_checkpoint_is_loaded_as_it_was_saved(sample_history, file):
    builder, redlines = load_checkpoint(file, "this")
    assert repr(builder) == repr(
        replay_history(lambda start: read_revisions(sample_history, "HEAD", start), None)
    )
    assert redlines == {builder.versions[-1].documents["nb"].sections[0]: "rendered"}


def test_the_reasons_for_a_level_are_kept_in_a_checkpoint(file):
    reasons = (
        Message("{fact} grows from {old} to {new}", fact="retention.main.period", old="P2Y", new="P3Y"),
    )
    builder, _ = load_checkpoint(file, "this")
    save_checkpoint(file, "this", builder, {"reasons": reasons})
    assert load_checkpoint(file, "this")[1] == {"reasons": reasons}


def test_a_checkpoint_of_other_software_is_ignored(file):
    assert load_checkpoint(file, "that") == NONE


@pytest.mark.parametrize("place", [0, 40, -1])
def test_a_checkpoint_with_a_flipped_bit_is_ignored(file, place):
    data = bytearray(file.read_bytes())
    data[place] ^= 1
    file.write_bytes(data)
    assert load_checkpoint(file, "this") == NONE


@pytest.mark.parametrize("size", [0, 7, 32, 1000])
def test_a_truncated_checkpoint_is_ignored(file, size):
    file.write_bytes(file.read_bytes()[:size])
    assert load_checkpoint(file, "this") == NONE


def test_a_missing_checkpoint_is_none(tmp_path):
    assert load_checkpoint(tmp_path / ".checkpoint", "this") == NONE


class Malicious:
    """A value that runs a command when it is unpickled."""

    def __reduce__(self):
        return os.system, ("touch executed",)


@pytest.mark.parametrize(
    "value",
    [Malicious(), print, os.path.join, {"a": 1}, None, object(), (None, {}), (VersionLogBuilder(), [])],
    ids=lambda value: type(value).__name__,
)
def test_another_value_is_refused_although_its_digest_is_right(value, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    content = pickle.dumps(value)
    (tmp_path / ".checkpoint").write_bytes(hashlib.sha256(b"this\0" + content).digest() + content)
    assert load_checkpoint(tmp_path / ".checkpoint", "this") == NONE
    assert not (tmp_path / "executed").exists()
