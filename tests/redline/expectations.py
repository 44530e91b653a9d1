"""What a redline must show of a known edit, and how few words it may mark."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.redline.policies import Policy

_TOLERANCE = 1.05


class Kind(StrEnum):
    """What happened to a unit: a paragraph, heading, item, term, definition or table row."""

    CHANGED = "changed"
    INSERTED = "inserted"
    DELETED = "deleted"
    MOVED = "moved"
    LINK = "link"
    FORM = "form"


@dataclass(frozen=True)
class Expected:
    """One unit that a reader must see as changed; `old` and `new` are its words.

    `lines` are the old and new line that changed in a block of code: text may show these alone. A unit that
    is `carried` moved with its whole section: text may say so once for all of them. A unit that is `open` is
    right with or without marks, such as a heading that became a title. Where one text `contains` the other,
    nothing but the rest is marked.
    """

    kind: Kind
    old: str = ""
    new: str = ""
    addresses: tuple[str, ...] = ()
    lines: tuple[str, str] | None = None
    carried: bool = False
    open: bool = False
    contains: bool = False


@dataclass(frozen=True)
class Edit:
    """A policy before and after a known edit.

    `keeps_units` is false where units are split or merged, so that their borders cannot be compared.
    """

    old: Policy
    new: Policy
    expected: tuple[Expected, ...]
    keeps_units: bool = True


def reverse_expected(expected: Iterable[Expected]) -> tuple[Expected, ...]:
    """Return what a redline must show when an edit is undone."""
    kinds = {Kind.INSERTED: Kind.DELETED, Kind.DELETED: Kind.INSERTED}
    return tuple(
        replace(
            each,
            kind=kinds.get(each.kind, each.kind),
            old=each.new,
            new=each.old,
            lines=each.lines and each.lines[::-1],
        )
        for each in expected
    )


def normalize(text: str) -> str:
    """Return words with single spaces, without the signs that plain text has between cells."""
    return " ".join(word for word in text.split() if word not in {"|", "·", "•", "–", "-"})


@cache
def count_fewest_marks(old: str, new: str) -> int:
    """Return how many words a redline of one unit may mark: rule 4 applied to the fewest possible."""
    changes = _absorb(_align(old.split(), new.split()))
    marked = sum(len(gone) + len(come) for gone, come, _ in changes)
    return int(marked * _TOLERANCE) + 1


def shares_little(old: str, new: str) -> bool:
    """Whether a unit was rewritten, so that it may be shown as one that was deleted and one inserted."""
    return count_fewest_marks(old, new) >= 0.75 * (len(old.split()) + len(new.split()))


_Change = tuple[list[str], list[str], list[str]]  # deleted, inserted, and the unchanged words after them


def _align(old: Sequence[str], new: Sequence[str]) -> list[_Change]:
    """Return deletions and insertions by a longest common subsequence."""
    lengths = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            same = old[i] == new[j]
            lengths[i][j] = lengths[i + 1][j + 1] + 1 if same else max(lengths[i + 1][j], lengths[i][j + 1])
    changes: list[_Change] = [([], [], [])]
    i = j = 0
    while i < len(old) or j < len(new):
        if i < len(old) and j < len(new) and old[i] == new[j]:
            changes[-1][2].append(old[i])
            i, j = i + 1, j + 1
            continue
        if changes[-1][2]:
            changes.append(([], [], []))
        if j >= len(new) or (i < len(old) and lengths[i + 1][j] >= lengths[i][j + 1]):
            changes[-1][0].append(old[i])
            i += 1
        else:
            changes[-1][1].append(new[j])
            j += 1
    return changes


def _absorb(changes: list[_Change]) -> list[_Change]:
    """Merge two changes if the unchanged words between them are fewer than those of each of them."""
    for position in range(len(changes) - 1):
        (gone, come, kept), (gone2, come2, kept2) = changes[position : position + 2]
        if len(kept) < min(len(gone) + len(come), len(gone2) + len(come2)):
            merged = ([*gone, *kept, *gone2], [*come, *kept, *come2], kept2)
            return _absorb([*changes[:position], merged, *changes[position + 2 :]])
    return changes


_FORM_WORDS = re.compile(
    r"\bform(en|atering\w*)?\b"
    r"|\b(bold|italics|font|emphasis|heading|code|split|joined|divided|part of text|list|numbers|bullets)\b"
    r"|\b(numbering|indented)\b"
    r"|\b(fet|kursiv|kodeskrift|utheving\w*|overskrift\w*|kode|delt|slått sammen|inndeling|liste)\b"
    r"|\b(del av teksten|kulepunkter|nummerering\w*|rykket)\b",
    re.IGNORECASE,
)


def mentions_form(text: str) -> bool:
    """Whether words for readers say that the form changed, in English or bokmål."""
    return _FORM_WORDS.search(text) is not None


def mentions_move(text: str) -> bool:
    """Whether words for readers say that something moved, in English or bokmål."""
    return re.search(r"\b(moved|flyttet)\b", text, re.IGNORECASE) is not None
