"""The error hierarchy and the exit codes of every command.

Whatever a user can cause ends in a `KlartekstError`, whose lines say what is wrong and what to do. Any other
exception is a bug of ours.
"""

from __future__ import annotations

from enum import IntEnum

from common.messages import Translatable, Translator, translate_text


class ExitCode(IntEnum):
    """How a command ends. 70 and 75 are EX_SOFTWARE and EX_TEMPFAIL (run it again later) of sysexits.h."""

    OK = 0
    FINDINGS = 1
    INVALID_INPUT = 2
    IN_DOUBT = 3
    INTERNAL_ERROR = 70
    TRY_LATER = 75


class KlartekstError(Exception):
    """A problem that the user of a command can fix; each of `lines` becomes one line on standard error.

    `str()` returns the lines in English.
    """

    exit_code = ExitCode.INVALID_INPUT

    def __init__(self, *lines: str | Translatable) -> None:
        super().__init__("\n".join(map(str, lines)))
        self.lines = lines

    def translate_lines(self, translator: Translator) -> tuple[str, ...]:
        """Return the lines in the language of the translator."""
        return tuple(translate_text(line, translator) for line in self.lines)


class InputError(KlartekstError):
    """Wrong input or usage: running the same command again fails the same way."""


class TryLaterError(KlartekstError):
    """Nothing is wrong with the input: the same command may succeed later, when the disk has room again."""

    exit_code = ExitCode.TRY_LATER
