"""Addresses of links, short enough to be read between the words of a policy."""

from __future__ import annotations

_LONGEST = 40  # characters that are read at a glance
_PIECE = 28  # of these, what is shown from where two addresses differ
_BEGINNINGS = "/#?&"  # of parts of an address
_CUT = "…"


def shorten_addresses(new: str, old: str) -> tuple[str, str]:
    """Return two addresses shortened to their host and the start of their path.

    What differs stays in sight: if that comes later, it replaces the start of the path.
    """
    if max(len(new), len(old)) <= _LONGEST:
        return new, old
    short = [address.removeprefix("https://") for address in (new, old)]
    if short[0] == short[1]:  # only the scheme differs
        return new, old
    beginnings = [_cut(address, _LONGEST) for address in short]
    if beginnings[0].removesuffix(_CUT) in short[1] or beginnings[1].removesuffix(_CUT) in short[0]:
        return _cut_from_difference(short[0], short[1])
    return beginnings[0], beginnings[1]


def _cut_from_difference(new: str, old: str) -> tuple[str, str]:
    """Return the host and the part of each address that begins with the first difference."""
    common = new[: _count_equal_letters(new, old)]
    start = max(common.rfind(sign) for sign in _BEGINNINGS)
    if len(common) - start >= _PIECE:
        start = len(common)
    scheme = common.find("://")
    host = common.find("/", 0 if scheme < 0 else scheme + len("://"))
    if host < 0 or start <= host:
        return _cut(new, _LONGEST), _cut(old, _LONGEST)
    new, old = (f"{address[: host + 1]}{_CUT}{_cut(address[start:], _PIECE)}" for address in (new, old))
    return new, old


def _count_equal_letters(one: str, other: str) -> int:
    """Return how many letters two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((number for number, (a, b) in pairs if a != b), min(len(one), len(other)))


def enclose_address(address: str) -> str:
    """Return an address in the brackets that it has after the words of a link, in plain text.

    `</terms>` would look like the end of an element.
    """
    return f"<{address}>" if ":" in address.partition("/")[0] else f"({address})"


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}{_CUT}"
