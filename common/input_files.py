"""Files that somebody names on the command line: read whole, within a limit, and only if they are files."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any, NoReturn

from common.errors import InputError


def read_input_file(path: Path, max_bytes: int, hint: str = "name another file") -> bytes:
    """Return the bytes of a file; raise InputError if it is a folder, a pipe or a device, or too large.

    The error ends in the hint. A pipe that nobody writes to would be waited for without end, and some devices
    would be read without end.
    """
    try:
        # Without O_NONBLOCK, opening a pipe waits for a writer.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as file:  # noqa: PTH123 - Path.open takes no descriptor
            status = os.fstat(descriptor)
            if stat.S_ISDIR(status.st_mode):
                raise InputError(f"{path}: this is a folder, not a file; {hint}")
            if not stat.S_ISREG(status.st_mode):
                raise InputError(f"{path}: not a regular file; {hint}")
            data = file.read(max_bytes + 1)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); {hint}") from None
    except ValueError:  # a NUL byte in the name
        raise InputError(f"{str(path)!r}: not the name of a file; {hint}") from None
    if len(data) > max_bytes:
        raise InputError(f"{path}: the file is over {_format_size(max_bytes)}; {hint}")
    return data


def parse_json(data: bytes | str) -> Any:
    """Return the value of a JSON text; raise ValueError for any other text, also for NaN and deep nesting."""
    try:
        return json.loads(data, parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _format_size(count: int) -> str:
    return f"{count >> 20} MiB" if count >= 1 << 20 else f"{count >> 10} KiB"
