"""Standard streams that a reader has closed or a full disk refuses: the command does its work all the same.

Neither `check | head -1` nor a log on a full disk may stop a command half-way or end in a traceback.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from contextlib import suppress
from types import TracebackType
from typing import Any, Self, TextIO

_INPUT, _OUTPUT, _ERROR_OUTPUT = range(3)


class _ForgivingFile(io.FileIO):
    """A file that takes everything: its first error is kept, and what follows is dropped."""

    error: OSError | None = None

    def write(self, content: Any) -> int:
        """Write bytes, or drop them after an error; return how many were taken."""
        size = memoryview(content).nbytes
        if self.error:
            return size
        try:
            return super().write(content)
        except OSError as error:
            self.error = error
            return size


class ForgivingStreams:
    """Within this context, nothing fails because standard output or error cannot be written.

    Streams that are not those of the process, as in tests, stay as they are.
    """

    def __init__(self) -> None:
        self._files: dict[int, _ForgivingFile] = {}
        self._originals = sys.stdin, sys.stdout, sys.stderr

    def __enter__(self) -> Self:
        _open_closed_descriptors()
        self._originals = sys.stdin, sys.stdout, sys.stderr
        sys.stdin = sys.stdin or open(_INPUT, encoding="utf-8", closefd=False)
        sys.stdout = self._wrap(sys.stdout, _OUTPUT)
        sys.stderr = self._wrap(sys.stderr, _ERROR_OUTPUT)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, place: TracebackType | None
    ) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        sys.stdin, sys.stdout, sys.stderr = self._originals

    def find_output_fault(self) -> str:
        """Return why standard output could not be written; nothing if it could, or nobody reads it."""
        sys.stdout.flush()
        error = self._files[_OUTPUT].error if _OUTPUT in self._files else None
        return (error.strerror or str(error)) if error and error.errno != errno.EPIPE else ""

    def _wrap(self, stream: TextIO | None, descriptor: int) -> TextIO:
        """Return a stream that writes to the same file and never fails."""
        if stream is None:  # the descriptor was closed when Python started
            return self._open(descriptor, "utf-8", "backslashreplace", is_line_buffered=True)
        buffer = getattr(stream, "buffer", None)
        file = getattr(buffer, "raw", buffer)
        if not isinstance(file, io.FileIO) or file.fileno() != descriptor:
            return stream
        with suppress(OSError):
            stream.flush()
        is_line_buffered = bool(getattr(stream, "line_buffering", False)) or file is buffer
        return self._open(
            descriptor, stream.encoding, stream.errors or "strict", is_line_buffered=is_line_buffered
        )

    def _open(self, descriptor: int, encoding: str, errors: str, *, is_line_buffered: bool) -> TextIO:
        self._files[descriptor] = file = _ForgivingFile(descriptor, "wb", closefd=False)
        return io.TextIOWrapper(
            io.BufferedWriter(file), encoding=encoding, errors=errors, line_buffering=is_line_buffered
        )


def _open_closed_descriptors() -> None:
    """Open the null device in place of each closed standard stream.

    Otherwise the next file that is opened, perhaps a page, would become standard output.
    """
    with suppress(OSError):
        while (descriptor := os.open(os.devnull, os.O_RDWR)) <= _ERROR_OUTPUT:
            os.set_inheritable(descriptor, True)  # noqa: FBT003 - for git
        os.close(descriptor)
