"""Judges the part of a page of changes that shows each change as it was before and as it is after."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.redline.expectations import Expected, Kind, normalize, shares_little
from tests.redline.redline_html import RedlineHtml

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.redline.page_judgements import Pages

_NOTHING = {"(nothing)", "(ingenting)"}
_Pairs = list[tuple[str, str]]


def judge_pairs(pages: Pages, expected: Sequence[Expected]) -> Iterator[str]:
    """Complain about pairs that are missing, or say “(nothing)” where something was replaced."""
    pairs = read_pairs(pages.html)
    wanted = [each for each in expected if each.kind is not Kind.FORM and not each.open]
    if not pairs:
        if wanted:
            yield "before and after; found none"
        return
    for each in wanted:
        if not _is_shown(pairs, each):
            yield f"{each.kind} {each.old[:60]!r} → {each.new[:60]!r}; found {pairs[:3]}"
            return
    yield from _find_wrong_nothing(pairs, expected)


def _is_shown(pairs: _Pairs, each: Expected) -> bool:
    """Whether the pairs show a change."""
    old, new = normalize(each.old), normalize(each.new)
    match each.kind:
        case Kind.INSERTED:
            return any(new in after and new not in before for before, after in pairs)
        case Kind.DELETED:
            return any(old in before and old not in after for before, after in pairs)
        case Kind.LINK:
            said = " ".join(f"{before} {after}" for before, after in pairs)
            return all(address in said for address in each.addresses)
    if each.kind is Kind.MOVED and old == new:
        return not any({before, after} & _NOTHING and old in {before, after} for before, after in pairs)
    if shares_little(each.old, each.new):
        return any(old in before for before, _ in pairs) and any(new in after for _, after in pairs)
    return any(old in before and new in after for before, after in pairs)


def _find_wrong_nothing(pairs: _Pairs, expected: Sequence[Expected]) -> Iterator[str]:
    inserted = {normalize(each.new) for each in expected if each.kind is Kind.INSERTED}
    deleted = {normalize(each.old) for each in expected if each.kind is Kind.DELETED}
    for before, after in pairs:
        if before in _NOTHING and not any(text in after for text in inserted):
            yield f"no “(nothing)” before {after[:80]!r}"
        if after in _NOTHING and not any(text in before for text in deleted):
            yield f"no “(nothing)” after {before[:80]!r}"


def read_pairs(html: str) -> _Pairs:
    """Return the texts of before and after on a page of changes, helper words and addresses included."""
    found = re.search(r'<section class="pairs".*?</section>', html, re.DOTALL)
    if not found:
        return []
    pairs = re.findall(r"<dd[^>]*>(.*?)</dd>.*?<dd[^>]*>(.*?)</dd>", found[0], re.DOTALL)
    return [(_read_text(before), _read_text(after)) for before, after in pairs]


def _read_text(html: str) -> str:
    addresses = re.findall(r'href="([^"]*)"', html)
    page = RedlineHtml(html)
    helpers = [helper.text for helper in page.helpers if not helper.is_hidden]
    return normalize(" ".join([*(unit.text for unit in page.units), *helpers, *addresses]))
