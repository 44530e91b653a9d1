"""The redlines from each version to the latest, section by section.

Each pair of sections is compared and rendered once, for every page that shows it and for the next build: a
new version changes few sections, and such a page shows all of them. Only where text moved from one section to
another is a section rendered for one page alone.
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
from generator.view_models import RenderedChange
from policy.fields import Locale

# A redline of one section pair in one language is the same on every page and in every build.
PairKey: TypeAlias = tuple[Locale, SectionPair]
# As plain values, which the checkpoint stores: the fields of a RenderedChange, deleted and inserted blocks.
StoredRedlines: TypeAlias = Mapping[PairKey, tuple[Mapping[str, str], frozenset[str], frozenset[str]]]

_SERIAL_LIMIT = 32  # sections: fewer are rendered sooner than a second process starts


class PreparedChange(NamedTuple):
    """One section of a redline, rendered, and its blocks that may have moved to or from another section."""

    change: RenderedChange
    block_moves: BlockMoves


class SinceRedlines:
    """The rendered redlines of one site.

    They are prepared before the pages are rendered and live as long as the site. Nothing invalidates one: its
    key holds both sections. `stored` are those of the build before; only those that this build needs are
    stored again.
    """

    def __init__(self, renderer: Renderer, stored: StoredRedlines) -> None:
        self._renderer = renderer
        self._stored_before = stored
        self._prepared: dict[PairKey, PreparedChange] = {}

    def prepare(self, wanted: Iterable[PairKey], jobs: int) -> None:
        """Render the wanted pairs that are not stored, by up to `jobs` processes; drop all other pairs."""
        keys = dict.fromkeys(wanted)
        new = [key for key in keys if key not in self._stored_before]
        render = partial(_render_pair, self._renderer)
        rendered = dict(zip(new, parallel_map(render, new, jobs, _SERIAL_LIMIT), strict=True))
        self._prepared = {key: rendered.get(key) or self._restore_change(key) for key in keys}

    def _restore_change(self, key: PairKey) -> PreparedChange:
        values, deleted, inserted = self._stored_before[key]
        change = RenderedChange(
            id=values["id"],
            name=values["name"],
            kind=RedlineKind(values["kind"]),
            anchor=values["anchor"],
            redline=self._renderer.mark_safe(values["redline"]),
            before_after=self._renderer.mark_safe(values["before_after"]),
        )
        return PreparedChange(change, BlockMoves(deleted, inserted))

    @property
    def stored(self) -> StoredRedlines:
        """The prepared redlines as plain values, for the next build."""
        return {
            key: (_convert_to_plain_values(row.change), *row.block_moves)
            for key, row in self._prepared.items()
        }

    def get_changes(self, locale: Locale, pairs: Sequence[SectionPair]) -> list[RenderedChange]:
        """Return the sections of one redline, all of them prepared before."""
        prepared = [self._prepared[locale, pair] for pair in pairs]
        # Whether a block moved depends on the whole page: deleted in one section, inserted in another.
        moved = find_moved_texts(row.block_moves for row in prepared)
        return [
            row.change
            if moved.isdisjoint(row.block_moves.deleted | row.block_moves.inserted)
            else views.render_change(self._renderer, locale, compute_section_redline(pair).mark_moves(moved))
            for pair, row in zip(pairs, prepared, strict=True)
        ]


def _convert_to_plain_values(change: RenderedChange) -> Mapping[str, str]:
    return {field.name: str(getattr(change, field.name)) for field in fields(change)}


def _render_pair(renderer: Renderer, key: PairKey) -> PreparedChange:
    locale, pair = key
    redline = compute_section_redline(pair)
    return PreparedChange(views.render_change(renderer, locale, redline), redline.block_moves)
