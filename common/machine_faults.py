"""Faults of the machine, not of the input: the same command may succeed later."""

from __future__ import annotations

import errno

_FAULTS = {
    errno.ENOSPC: "the disk is full; free some space",
    errno.EDQUOT: "the disk quota is used up; free some space",
    errno.EFBIG: "a file may not grow further; raise the limit (ulimit -f)",
    errno.EMFILE: "too many files are open; raise the limit (ulimit -n)",
    errno.ENFILE: "too many files are open on this machine; end other programs",
    errno.ENOMEM: "there is too little memory; end other programs",
    errno.EAGAIN: "no more processes can be started; end other programs or raise the limit (ulimit -u)",
}


def describe_machine_fault(error: BaseException) -> str:
    """Return in a few words what the machine lacks and what to do; nothing if the error has another cause."""
    cause: BaseException | None = error
    while cause:
        if isinstance(cause, MemoryError):
            return _FAULTS[errno.ENOMEM]
        if isinstance(cause, OSError) and cause.errno in _FAULTS:
            return _FAULTS[cause.errno]
        cause = cause.__cause__ or cause.__context__  # libraries hide it behind an error of their own
    return ""
