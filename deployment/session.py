"""One shell where the target is: on this machine, or over one connection of ssh, for all of a deployment.

The shell holds the lock, and everything that changes what readers get runs in it. So a deployment whose
connection broke has lost its lock, and can change nothing any more. Values are never part of a command line:
the shell reads its calls from standard input, each value quoted.
"""

from __future__ import annotations

import secrets
import shlex
import subprocess
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from common.errors import ExitCode, InputError, KlartekstError
from deployment.failures import create_failure
from deployment.target_address import TargetAddress

_FUNCTIONS = Path(__file__).with_name("target.sh")
_SECONDS_TO_END = 30


class LockedError(Exception):
    """Another deployment has the lock."""


class TargetSession:
    """A shell at a target. Any failure is an InputError or a TryLaterError whose line names the target."""

    def __init__(self, address: TargetAddress) -> None:
        self.address = address

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._errors: IO[bytes] = stack.enter_context(tempfile.TemporaryFile())
            self._process = _start(self.address, self._errors)
            stack.callback(self._end_process)
            self._write(_FUNCTIONS.read_bytes())
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, place: TracebackType | None
    ) -> None:
        self._stack.close()

    def _end_process(self) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                with suppress(OSError):
                    stream.close()  # the shell ends, and with it the lock
        try:
            self._process.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def call(self, function: str, *values: str) -> str:
        """Call a function of target.sh and return what it prints; raise LockedError if it returns 75."""
        token = secrets.token_hex(16)
        self._write(f"{shlex.join(['run', token, function, *values])}\n".encode())
        output, code = self._read_answer(token.encode())
        text = output.decode("utf-8", "replace")
        if code == ExitCode.TRY_LATER:
            raise LockedError
        if code:
            raise create_failure(self.address, text, what=f"{function} failed")
        return text

    def _read_answer(self, token: bytes) -> tuple[bytes, int]:
        """Return the output of a call and its exit code."""
        assert self._process.stdout
        lines: list[bytes] = []
        with suppress(OSError):
            for line in self._process.stdout:
                if line.startswith(token):
                    # What the shell printed when it started is before the answer to the first call.
                    return b"".join(lines)[:-1], int(line.split()[1])
                lines.append(line)
        raise self._describe_end()

    def _write(self, content: bytes) -> None:
        assert self._process.stdin
        try:
            self._process.stdin.write(content)
            self._process.stdin.flush()
        except OSError:
            raise self._describe_end() from None

    def _describe_end(self) -> KlartekstError:
        """Return the error for a shell that has ended."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_SECONDS_TO_END)
        self._errors.seek(0)
        return create_failure(self.address, self._errors.read().decode("utf-8", "replace"), is_temporary=True)


def _start(address: TargetAddress, errors: IO[bytes]) -> subprocess.Popen[bytes]:
    command = address.shell_command
    try:
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors)
    except FileNotFoundError:
        raise InputError(f"{command[0]}: not found; install it to deploy") from None
