"""What may go wrong for a reason that an editor or operator can mend, and how it is said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from common.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, order=True, slots=True)
class Fault:
    """One thing to mend in one place of the content; lines and columns count from 1."""

    path: str
    line: int
    column: int
    message: str
    hint: str
    rule: str = "unreadable"

    def __str__(self) -> str:
        """Say it in the one line that contract §1 fixes."""
        said = f"{self.path}:{self.line}:{self.column}: {self.message}; {self.hint}"
        return said.replace("\r", "\\r").replace("\n", "\\n")  # a file's name may hold the end of a line


class ContentError(InputError):
    """The content cannot be read: every fault of it at once, in the order of files and lines."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__(*map(str, self.faults))


def near(word: str, known: Iterable[str]) -> str:
    """Offer the known word that an unknown one most likely meant, or all where none is near."""
    from difflib import get_close_matches  # noqa: PLC0415 - only an error needs it

    names = sorted(set(known))
    close = get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return f"did you mean «{close[0]}»?"
    if not names:
        return "nothing is defined there yet"
    more = ", …" if len(names) > 12 else ""  # noqa: PLR2004 - a line is read, a list of fifty is not
    return f"known here: {', '.join(names[:12])}{more}"
