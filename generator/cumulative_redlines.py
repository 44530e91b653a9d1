"""Cumulative redlines: from each version to the latest, section by section.

Each pair of sections is compared and rendered once, for every page that shows it and for the next build: a
new version changes few sections, and such a page shows all of them. A section is rendered for one page alone
only if text moved from one section to another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from functools import partial
from typing import NamedTuple, TypeAlias

from changelog.redline import BlockMoves, RedlineKind, SectionPair, compute_section_redline, find_moved_texts
from generator import views
from generator.parallel import parallel_map
from generator.rendering import Renderer
from generator.view_models import RenderedSectionRedline
from policy.fields import Locale

# A redline of one section pair in one language is the same on every page and in every build.
PairKey: TypeAlias = tuple[Locale, SectionPair]
# Plain values, which the checkpoint stores: the fields of a RenderedSectionRedline, deleted and inserted
# blocks.
StoredRedlines: TypeAlias = Mapping[PairKey, tuple[Mapping[str, str], frozenset[str], frozenset[str]]]

_SERIAL_LIMIT = 32  # sections: fewer are rendered sooner than a second process starts


class CumulativeSectionRedline(NamedTuple):
    """A rendered section of a redline, and its blocks that may have moved to or from another section."""

    rendered: RenderedSectionRedline
    block_moves: BlockMoves


class CumulativeRedlines:
    """The rendered section redlines of one site.

    They are rendered before the pages and live as long as the site. Nothing invalidates one: its key holds
    both sections. `previous` are those of the previous build; only those that this build needs are stored
    again.
    """

    def __init__(self, renderer: Renderer, previous: StoredRedlines) -> None:
        self._renderer = renderer
        self._previous_redlines = previous
        self._section_redlines: dict[PairKey, CumulativeSectionRedline] = {}

    def render_pairs(self, keys: Iterable[PairKey], jobs: int) -> None:
        """Render the pairs that the previous build did not store, by up to `jobs` processes; drop others."""
        unique_keys = dict.fromkeys(keys)
        new = [key for key in unique_keys if key not in self._previous_redlines]
        render = partial(_render_pair, self._renderer)
        rendered = dict(zip(new, parallel_map(render, new, jobs, _SERIAL_LIMIT), strict=True))
        self._section_redlines = {
            key: rendered.get(key) or self._restore_section_redline(key) for key in unique_keys
        }

    def _restore_section_redline(self, key: PairKey) -> CumulativeSectionRedline:
        values, deleted, inserted = self._previous_redlines[key]
        rendered = RenderedSectionRedline(
            id=values["id"],
            name=values["name"],
            kind=RedlineKind(values["kind"]),
            anchor=values["anchor"],
            redline=self._renderer.mark_safe(values["redline"]),
            before_after=self._renderer.mark_safe(values["before_after"]),
        )
        return CumulativeSectionRedline(rendered, BlockMoves(deleted, inserted))

    def export_plain_values(self) -> StoredRedlines:
        """Return the redlines as plain values, for the next build."""
        return {
            key: (_convert_to_plain_values(section.rendered), *section.block_moves)
            for key, section in self._section_redlines.items()
        }

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


def _convert_to_plain_values(section: RenderedSectionRedline) -> Mapping[str, str]:
    return {field.name: str(getattr(section, field.name)) for field in fields(section)}


def _render_pair(renderer: Renderer, key: PairKey) -> CumulativeSectionRedline:
    locale, pair = key
    redline = compute_section_redline(pair)
    return CumulativeSectionRedline(
        views.render_section_redline(renderer, locale, redline), redline.block_moves
    )
