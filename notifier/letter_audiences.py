"""Whom the change of a letter concerns, and whether only they get it (letter.json).

Everybody is told by default. Only the letter of a version whose notes say `tell: affected` is for the
audiences that it concerns; then every row of the list must say which audiences it is in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from notifier.addressee_rows import Addressee, RejectedRow


@dataclass(frozen=True, slots=True)
class LetterAudiences:
    """The audiences that a change concerns, and all that its policy has, by id (letter.json)."""

    affected: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    is_narrowed: bool = False

    def includes(self, row: Addressee) -> bool:
        """Whether a row is told: everybody is, unless the letter is only for those affected."""
        return not self.is_narrowed or not set(self.affected).isdisjoint(row.audiences)


EVERYBODY = LetterAudiences()


def parse_letter_audiences(record: Mapping[str, Any]) -> LetterAudiences:
    """Return the audiences of a letter.json; raise TypeError or KeyError for wrong ones."""
    affected, known = (_parse_ids(record.get(key, [])) for key in ("affects", "audiences"))
    tell = record.get("tell", "everybody")
    if tell not in ("everybody", "affected") or (tell == "affected" and not affected):
        raise TypeError
    return LetterAudiences(affected, known, is_narrowed=tell == "affected")


def _parse_ids(ids: Any) -> tuple[str, ...]:
    if not isinstance(ids, list) or not all(isinstance(name, str) for name in ids):
        raise TypeError
    return tuple(ids)


def reject_unknown_audiences(
    rows: Iterable[Addressee | RejectedRow], audiences: LetterAudiences
) -> Iterator[Addressee | RejectedRow]:
    """Yield rows; one that would be left out is rejected if an audience of it is none: it may be mistyped."""
    known = {*audiences.affected, *audiences.known}
    for row in rows:
        if isinstance(row, Addressee) and not audiences.includes(row) and not known.issuperset(row.audiences):
            yield RejectedRow(row.line, "an audience that is not in facts/audiences.yaml", row.last_line)
        else:
            yield row
