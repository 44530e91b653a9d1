"""Hints for a name that is not known: the one that was probably meant, or those that exist."""

from __future__ import annotations

from collections.abc import Iterable

from common.messages import Message

_MOST_LISTED = 16  # one line stays readable


def suggest_name(name: str, known_names: Iterable[str]) -> Message:
    """Return a hint for an unknown name: the closest known name, else a list of the known ones."""
    from difflib import get_close_matches  # noqa: PLC0415 - only an error needs it

    names = sorted(set(known_names))
    close = get_close_matches(name, names, n=1, cutoff=0.6)
    if close:
        return Message("did you mean '{name}'?", name=close[0])
    if not names:
        return Message("nothing is defined there yet")
    more = ", …" if len(names) > _MOST_LISTED else ""
    return Message("valid names: {names}", names=", ".join(names[:_MOST_LISTED]) + more)
