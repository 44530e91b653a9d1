"""What ssh, rsync and the system of a target say when they fail, as one line that says what to do."""

from __future__ import annotations

from collections.abc import Iterable

from common.errors import InputError, KlartekstError, TryLaterError
from deployment.target_address import TargetAddress

# Words of ssh, rsync and the C library; what is wrong and what to do; whether it may succeed later.
_KNOWN = (
    ("Host key verification failed", "its host key is not in known_hosts: compare it, and add it", False),
    ("Permission denied (", "it accepts no key of yours: add one to authorized_keys there", False),
    ("Too many authentication failures", "it accepts no key of yours: name one in ~/.ssh/config", False),
    ("bad configuration option", "the configuration of ssh has a mistake", False),
    ("No space left on device", "the disk is full; free some space there", True),
    ("Disk quota exceeded", "the disk quota is used up; free some space there", True),
    ("Read-only file system", "the file system is mounted read-only", False),
    ("Permission denied", "the user may not write there; change the owner of the folder", False),
    ("Operation not permitted", "the user may not write there; change the owner of the folder", False),
    ("rsync: not found", "rsync is not installed there", False),
    ("rsync: command not found", "rsync is not installed there", False),
    ("flock: not found", "flock is not installed there (Debian: util-linux)", False),
    ("Temporary failure in name resolution", "the name of the host cannot be resolved now", True),
    ("Could not resolve hostname", "no such host", False),
    ("Name or service not known", "no such host", False),
    ("Connection refused", "the server refuses the connection", True),
    ("No route to host", "no route to the host", True),
    ("timed out", "the server does not answer", True),
    ("not responding", "the server does not answer any more", True),
    ("Connection reset", "the connection broke", True),
    ("closed by remote host", "the server closed the connection", True),
    ("Broken pipe", "the connection broke", True),
    ("Not a directory", "it, or a part of its path, is not a folder", False),
)  # fmt: skip
# Codes of rsync (EXIT VALUES of its manual): the connection broke, or a signal or a time limit ended it.
_BROKEN_CONNECTION = frozenset({10, 12, 20, 30, 35, 255})


def create_failure(
    address: TargetAddress, text: str, *, is_temporary: bool = False, what: str = ""
) -> KlartekstError:
    """Return the error for what a program printed before it failed; an unknown one quotes its last line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for words, line, may_succeed_later in _KNOWN:
        if found := next((own for own in lines if words in own), None):
            return _create_error(address, f"{line} ({_shorten(found)})", is_temporary=may_succeed_later)
    said = f"{what}{': ' if what and lines else ''}{_shorten(lines[-1]) if lines else ''}"
    return _create_error(address, said or "the connection broke", is_temporary=is_temporary)


def create_rsync_failure(address: TargetAddress, text: str, code: int) -> KlartekstError:
    """Return the error for an rsync that has failed."""
    # Its last line only says in which of its source files that happened.
    lines = [line for line in text.splitlines() if not line.startswith("rsync error:")]
    is_broken = code < 0 or code in _BROKEN_CONNECTION
    return create_failure(
        address, "\n".join(lines), is_temporary=is_broken, what=f"rsync ended with code {code}"
    )


def list_lines(error: KlartekstError) -> Iterable[str]:
    """Return the lines of an error in English."""
    return map(str, error.lines)


def _create_error(address: TargetAddress, line: str, *, is_temporary: bool) -> KlartekstError:
    if is_temporary:
        return TryLaterError(f"{address}: {line}; try again later")
    return InputError(f"{address}: {line}")


def _shorten(line: str) -> str:
    return line[:200]
