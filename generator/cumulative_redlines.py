"""Cumulative redlines: from each version to the latest, section by section.

Each pair of sections is compared and rendered once, for every page that shows it. A section is rendered for
one page alone only if text moved from one section to another.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import NamedTuple, TypeAlias

from changelog.redline import BlockMoves, SectionPair, compute_section_redline, find_moved_texts
from generator import views
from generator.parallel import parallel_map
from generator.rendering import Renderer
from generator.view_models import RenderedSectionRedline
from policy.fields import Locale

# A redline of one section pair in one language is the same on every page.
PairKey: TypeAlias = tuple[Locale, SectionPair]

_SERIAL_LIMIT = 32  # sections: fewer are rendered sooner than a second process starts


class CumulativeSectionRedline(NamedTuple):
    """A rendered section of a redline, and its blocks that may have moved to or from another section."""

    rendered: RenderedSectionRedline
    block_moves: BlockMoves


class CumulativeRedlines:
    """The rendered section redlines of one site.

    They are rendered before the pages and live as long as the site. Nothing invalidates one: its key holds
    both sections.
    """

    def __init__(self, renderer: Renderer) -> None:
        self._renderer = renderer
        self._section_redlines: dict[PairKey, CumulativeSectionRedline] = {}

    def render_pairs(self, keys: Iterable[PairKey], jobs: int) -> None:
        """Render pairs, by up to `jobs` processes; drop all others."""
        unique_keys = list(dict.fromkeys(keys))
        render = partial(_render_pair, self._renderer)
        rendered = parallel_map(render, unique_keys, jobs, _SERIAL_LIMIT)
        self._section_redlines = dict(zip(unique_keys, rendered, strict=True))

    def get_section_redlines(
        self, locale: Locale, pairs: Sequence[SectionPair]
    ) -> list[RenderedSectionRedline]:
        """Return the sections of one redline; all its pairs must have been rendered before."""
        sections = [self._section_redlines[locale, pair] for pair in pairs]
        # Whether a block moved depends on the whole page: deleted in one section, inserted in another.
        moved = find_moved_texts(section.block_moves for section in sections)
        return [
            section.rendered
            if moved.isdisjoint(section.block_moves.deleted | section.block_moves.inserted)
            else views.render_section_redline(
                self._renderer, locale, compute_section_redline(pair).mark_moves(moved)
            )
            for pair, section in zip(pairs, sections, strict=True)
        ]


def _render_pair(renderer: Renderer, key: PairKey) -> CumulativeSectionRedline:
    locale, pair = key
    redline = compute_section_redline(pair)
    return CumulativeSectionRedline(
        views.render_section_redline(renderer, locale, redline), redline.block_moves
    )
