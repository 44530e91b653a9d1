"""Read the messages of a Maildir or of a file in mbox form, and leave them where and as they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from common.errors import InputError

_MAX_BYTES = 2 << 20  # of a message; a report returns a letter of some 100 kB at most
_FOLDERS = ("new", "cur")  # not tmp, whose messages are still being written
# The line that begins a message in mbox: a sender and a time. Programs quote such a line inside a message.
_FROM_LINE = re.compile(rb"From \S* *[A-Z][a-z]{2} [A-Z][a-z]{2} +\d{1,2} \d\d:\d\d")


def read_maildir(folder: Path) -> Iterator[bytes]:
    """Yield the messages of a Maildir, new ones first; raise InputError if it is none.

    Another program may take a message away meanwhile; the next reading finds it where it is then.
    """
    folders = [folder / name for name in _FOLDERS]
    if not any(path.is_dir() for path in folders):
        raise InputError(f"{folder}: not a Maildir (it has no folder new or cur)")
    try:
        for path in [file for one in folders if one.is_dir() for file in sorted(one.iterdir())]:
            if path.is_file():
                yield from _read_message(path)
    except OSError as error:
        raise InputError(f"{folder}: cannot be read ({error.strerror})") from None


def _read_message(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            yield file.read(_MAX_BYTES)
    except FileNotFoundError:
        return


def read_mbox(path: Path) -> Iterator[bytes]:
    """Yield the messages of a file in mbox form (RFC 4155); raise InputError if it cannot be read.

    Of a message that is too long for a report only the beginning is returned.
    """
    try:
        with path.open("rb") as file:
            yield from _split_mbox(iter(lambda: file.readline(_MAX_BYTES), b""))
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None


def _split_mbox(lines: Iterator[bytes]) -> Iterator[bytes]:
    message: list[bytes] = []
    size = 0
    is_after_empty_line = True
    for line in lines:
        if is_after_empty_line and message and _FROM_LINE.match(line):
            yield b"".join(message)
            message, size = [], 0
        is_after_empty_line = line in (b"\n", b"\r\n")
        size += len(line)
        if size <= _MAX_BYTES:
            message.append(line)
    if message:
        yield b"".join(message)
