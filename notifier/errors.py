"""What stops the job: one sentence for standard error and the exit code of contract §6."""

from enum import IntEnum


class Exit(IntEnum):
    """How a command ends (contract §6)."""

    DONE = 0
    FINDINGS = 1
    WRONG = 2
    DOUBT = 3
    LATER = 75


class NotifyError(Exception):
    """Something the operator can mend; `code` is the exit code, the text is one line without a secret."""

    code = Exit.WRONG


class InputError(NotifyError):
    """Wrong input or usage: trying again without a change would end the same."""


class TryLaterError(NotifyError):
    """Nothing is wrong with the input: the same command will carry on later (sysexits' EX_TEMPFAIL)."""

    code = Exit.LATER


class UnreachableError(TryLaterError):
    """The relay takes no connection now: refused, greeted with 421, or not safely encrypted."""
