"""Messages of Maildirs and mbox files."""

import pytest

from common.errors import InputError
from notifier.mail_stores import _MAX_BYTES, read_maildir, read_mbox


def test_new_and_seen_messages_are_read_and_unfinished_ones_are_not(tmp_path):
    for folder in ("new", "cur", "tmp", "cur/folder"):
        (tmp_path / folder).mkdir()
    (tmp_path / "new" / "2").write_bytes(b"two")
    (tmp_path / "new" / "1").write_bytes(b"one")
    (tmp_path / "cur" / "0:2,S").write_bytes(b"zero")
    (tmp_path / "tmp" / "3").write_bytes(b"three")
    assert list(read_maildir(tmp_path)) == [b"one", b"two", b"zero"]


def test_a_message_that_another_program_took_away_is_left_out(tmp_path):
    (tmp_path / "new").mkdir()
    for name in ("1", "2", "3"):
        (tmp_path / "new" / name).write_text(name)
    messages = read_maildir(tmp_path)
    assert next(messages) == b"1"
    (tmp_path / "new" / "2").unlink()
    assert list(messages) == [b"3"]


def test_a_message_that_cannot_be_read_is_one_line(tmp_path, monkeypatch):
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "1").write_text("x")

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", refuse)
    with pytest.raises(InputError, match=r"cannot be read \(Permission denied\)"):
        list(read_maildir(tmp_path))


def test_a_message_that_vanishes_as_it_is_opened_is_left_out(tmp_path, monkeypatch):
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "1").write_text("x")

    def vanish(*_):
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr("pathlib.Path.open", vanish)
    assert list(read_maildir(tmp_path)) == []


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_messages_of_an_mbox_begin_at_lines_with_a_sender_and_a_time(tmp_path, end):
    lines = [
        b"From a@b.no Mon Nov 23 07:00:00 2026",
        b"Subject: 1",
        b"",
        b"From here on",
        b"From a@b.no Mon Nov 23 07:00:00 2026",  # not after an empty line
        b"",
        b"From  Mon Nov  3 07:00:00 2026",
        b"Subject: 2",
        b"",
    ]
    (tmp_path / "mbox").write_bytes(end.join(lines))
    first, second = read_mbox(tmp_path / "mbox")
    assert first == end.join(lines[:6]) + end
    assert second == end.join(lines[6:])


def test_an_empty_mbox_has_no_message(tmp_path):
    (tmp_path / "mbox").write_bytes(b"")
    assert list(read_mbox(tmp_path / "mbox")) == []


def test_of_a_message_that_is_too_long_the_beginning_is_read(tmp_path):
    line = b"x" * 99 + b"\n"
    start = b"From a Mon Nov 23 07:00:00 2026\n"
    (tmp_path / "mbox").write_bytes(start + line * (_MAX_BYTES // 100 + 5) + b"\n" + start)
    first, second = read_mbox(tmp_path / "mbox")
    assert _MAX_BYTES - 100 < len(first) <= _MAX_BYTES
    assert second == start
