"""Pairs of units while they are being found, and which of them stay in order."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from changelog.redline_likeness import MIN_LIKENESS, STRONG_LIKENESS, compute_likeness, have_strong_ends
from changelog.redline_units import Unit

_SECTION_WEIGHT = 2  # words: of two sections that changed places, the shorter one moved


@dataclass(eq=False)
class Partners:
    """The pairs found so far, by old and by new position."""

    old: Sequence[Unit]
    new: Sequence[Unit]
    of_old: dict[int, int] = field(default_factory=dict)
    of_new: dict[int, int] = field(default_factory=dict)
    likeness: dict[tuple[int, int], float] = field(default_factory=dict)  # of what was compared
    strong: dict[tuple[int, int], bool] = field(default_factory=dict)

    def add(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Add pairs of units without partners."""
        for old, new in pairs:
            self.of_old[old], self.of_new[new] = new, old

    def remove(self, old: int) -> None:
        """Separate an old unit from its partner."""
        del self.of_new[self.of_old.pop(old)]

    def compute_likeness(self, old: int, new: int) -> float:
        """Return how alike two units are, computed once."""
        if (old, new) not in self.likeness:
            self.likeness[old, new] = compute_likeness(self.old[old], self.new[new])
        return self.likeness[old, new]

    def are_unlike(self, old: int, new: int) -> bool:
        """Whether two units were compared already and are no counterparts."""
        return self.likeness.get((old, new), 1.0) < MIN_LIKENESS

    def is_weak(self, old: int, new: int) -> bool:
        """Whether two counterparts are so unlike that one of them may belong to another unit."""
        before, after = self.old[old], self.new[new]
        if after.has_title or before.keys == after.keys:
            return False
        return not self.is_strong(old, new)

    def is_strong(self, old: int, new: int) -> bool:
        """Whether two units are so alike that they stay together, found out once."""
        if (old, new) not in self.strong:
            self.strong[old, new] = (
                have_strong_ends(self.old[old], self.new[new])
                or self.compute_likeness(old, new) >= STRONG_LIKENESS
            )
        return self.strong[old, new]

    def are_complete(self) -> bool:
        """Whether each unit has the partner at its own position, and all of them are strongly alike."""
        return len(self.old) == len(self.new) == len(self.of_new) and all(
            old == new and not self.is_weak(old, new) for new, old in self.of_new.items()
        )

    def weigh(self, old: int, new: int) -> int:
        """Return how many words would be marked if a pair were not in order."""
        unit = self.new[new]
        if unit.has_title:
            return len(unit.keys) + _SECTION_WEIGHT
        return 1 + min(len(self.old[old].keys), len(unit.keys))

    def find_chain(self) -> list[tuple[int, int]]:
        """Return the pairs that stay in order, so that as few words as possible have moved.

        It is the increasing subsequence of old positions with the greatest weight.
        """
        ends: list[int] = []  # old positions; the weights of the best chains that end there ascend with them
        chains: dict[int, tuple[int, int | None]] = {}  # by new position: weight and the pair before
        at_end: dict[int, int] = {}  # the new position of each end
        for new in sorted(self.of_new):
            old = self.of_new[new]
            place = bisect_left(ends, old)
            before = at_end[ends[place - 1]] if place else None
            weight = self.weigh(old, new) + (chains[before][0] if before is not None else 0)
            chains[new] = weight, before
            while place < len(ends) and chains[at_end[ends[place]]][0] <= weight:
                del at_end[ends.pop(place)]
            ends.insert(place, old)
            at_end[old] = new
        chain: list[tuple[int, int]] = []
        last = at_end[ends[-1]] if ends else None
        while last is not None:
            chain.append((self.of_new[last], last))
            last = chains[last][1]
        return chain[::-1]
