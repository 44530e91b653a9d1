"""All that changed since a version, section by section: each printed once, for every page and the next build.

A new version changes a few sections, and such a page has them all: the others stand on it as they stood
before. Only where words went from one section to another is a section printed for its page alone.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from changelog.redline import BlockMoves, SectionPair, compute_section_redline, find_moved_texts
from generator import views
from generator.parallel import parallel_map

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from generator.rendering import Renderer
    from policy.fields import Locale

    Place = tuple[Locale, SectionPair]
    Words = frozenset[str]
    StoredRedlines = Mapping[Place, tuple[Mapping[str, str], Words, Words]]

_FEW = 32  # sections: fewer are printed sooner than a second process starts


_VALUES = ("id", "anchor", "name", "kind", "section", "pairs")  # of views.change, all that these pages print


class RenderedSectionRedline(NamedTuple):
    """A section of a redline, printed, and its words that may have gone elsewhere."""

    values: Mapping[str, str]
    block_moves: BlockMoves


class SinceRedlines:
    """The printed sections of an edition; `kept` are those of the build before."""

    def __init__(self, printer: Renderer, kept: StoredRedlines) -> None:
        self._printer = printer
        self._known = kept
        self._printed: dict[Place, RenderedSectionRedline] = {}

    def prepare(self, wanted: Iterable[Place], jobs: int) -> None:
        """Print what was not printed before, by as many processes as `jobs`; forget what is not wanted."""
        places = dict.fromkeys(wanted)
        fresh = [place for place in places if place not in self._known]
        made = dict(
            zip(fresh, parallel_map(partial(_printed, self._printer), fresh, jobs, _FEW), strict=True)
        )
        self._printed = {place: made.get(place) or self._before(place) for place in places}

    def _before(self, place: Place) -> RenderedSectionRedline:
        values, gone, come = self._known[place]
        return RenderedSectionRedline(values, BlockMoves(gone, come))

    @property
    def stored(self) -> StoredRedlines:
        """What the next build can go on from, as plain values."""
        return {place: (row.values, *row.block_moves) for place, row in self._printed.items()}

    def sections(self, locale: Locale, pairs: Sequence[SectionPair]) -> list[views.Values]:
        """Give the sections of one redline, all prepared, as templates print them."""
        rows = [self._printed[locale, pair] for pair in pairs]
        moved = find_moved_texts(row.block_moves for row in rows)
        return [self._values(locale, pair, row, moved) for pair, row in zip(pairs, rows, strict=True)]

    def _values(
        self, locale: Locale, pair: SectionPair, row: RenderedSectionRedline, moved: frozenset[str]
    ) -> views.Values:
        if not moved.isdisjoint(row.block_moves.deleted | row.block_moves.inserted):
            return views.change(self._printer, locale, compute_section_redline(pair).mark_moves(moved))
        printed = {name: self._printer.mark_safe(row.values[name]) for name in ("section", "pairs")}
        return {**row.values, **printed}


def _printed(printer: Renderer, place: Place) -> RenderedSectionRedline:
    locale, pair = place
    found = compute_section_redline(pair)
    values = views.change(printer, locale, found)
    return RenderedSectionRedline({name: str(values[name]) for name in _VALUES}, found.block_moves)
