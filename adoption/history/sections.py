"""Gives the sections of all older versions their ids, which stay when titles, texts and places change.

A section is that of the version before with the same title, or else with the most similar text. Links lead to
a section by the names that it had before, which become its aliases.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from adoption.history.markdown import FoundSection, create_anchor
from policy.fields import Locale

_LEAST_LIKENESS = 0.5
_MAX_ID_LENGTH = 40
_MAX_ALIAS_LENGTH = 100
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class NamedSection:
    """A section with its id, and the other names by which links lead to it."""

    id: str
    title: str
    markdown: str
    aliases: tuple[str, ...]


@dataclass
class _Known:
    """A section of the version before, in one language."""

    id: str
    title: str
    words: Counter[str]


@dataclass
class SectionNames:
    """The ids and aliases of all versions so far; give it each version in turn, oldest first.

    `owners` has the section id that each name belongs to, for good, by its casefolded form.
    """

    untitled: Mapping[Locale, str]
    owners: dict[str, str] = field(default_factory=dict)
    newest: dict[Locale, list[_Known]] = field(default_factory=dict)
    former_titles: dict[Locale, dict[str, str]] = field(default_factory=dict)

    def name_version(
        self, documents: Mapping[Locale, Sequence[FoundSection]]
    ) -> Mapping[Locale, tuple[NamedSection, ...]]:
        """Return the sections of a version with ids; the first language decides those of the others."""
        result: dict[Locale, tuple[NamedSection, ...]] = {}
        leading: tuple[FoundSection, ...] = ()
        leading_ids: list[str] = []
        for locale, found in documents.items():
            sections = tuple(self._with_title(section, locale) for section in found)
            ids = self._recognize(sections, locale)
            if leading_ids:
                _pair_with_first_language(leading, leading_ids, sections, ids)
            final = self._complete_ids(sections, ids)
            if not leading_ids:
                leading, leading_ids = sections, final
            result[locale] = tuple(self._name_section(*pair) for pair in zip(sections, final, strict=True))
            self.newest[locale] = [
                _Known(id_, section.title, _count_words(section))
                for section, id_ in zip(sections, final, strict=True)
            ]
            titles = self.former_titles.setdefault(locale, {})
            titles.update(
                {section.title.casefold(): id_ for section, id_ in zip(sections, final, strict=True)}
            )
        return result

    def _with_title(self, section: FoundSection, locale: Locale) -> FoundSection:
        if section.title:
            return section
        return FoundSection(self.untitled[locale], section.markdown, section.anchors)

    def _recognize(self, sections: Sequence[FoundSection], locale: Locale) -> list[str]:
        """Return the id of each section that an earlier version has, an empty one for each other."""
        known = list(self.newest.get(locale, []))
        ids = [""] * len(sections)
        for position, section in enumerate(sections):
            match = next((one for one in known if one.title.casefold() == section.title.casefold()), None)
            if match:
                ids[position] = match.id
                known.remove(match)
        words = {position: _count_words(sections[position]) for position, id_ in enumerate(ids) if not id_}
        pairs = sorted(
            (
                (compute_likeness(counts, one.words), -position, one.id)
                for position, counts in words.items()
                for one in known
            ),
            reverse=True,
        )
        for likeness, negative, id_ in pairs:
            if likeness >= _LEAST_LIKENESS and not ids[-negative] and id_ not in ids:
                ids[-negative] = id_
        titles = self.former_titles.get(locale, {})
        for position, section in enumerate(sections):
            old = titles.get(section.title.casefold(), "")
            if not ids[position] and old not in ids:
                ids[position] = old
        return ids

    def _complete_ids(self, sections: Sequence[FoundSection], ids: Sequence[str]) -> list[str]:
        """Return an id for each section, a new one where there is none yet."""
        final = list(ids)
        for position, section in enumerate(sections):
            if not final[position]:
                final[position] = self._create_id(section.title)
            self.owners.setdefault(final[position].casefold(), final[position])
        return final

    def _create_id(self, title: str) -> str:
        base = create_slug(title)
        number, new = 1, base
        while new.casefold() in self.owners:
            number += 1
            new = f"{base}-{number}"
        self.owners[new.casefold()] = new
        return new

    def _name_section(self, section: FoundSection, id_: str) -> NamedSection:
        """Return a section with its id; every name that nobody else has becomes an alias for good."""
        for name in (create_anchor(section.title), *section.anchors):
            if re.fullmatch(r"[^\W_][\w-]*", name) and len(name) <= _MAX_ALIAS_LENGTH:
                self.owners.setdefault(name.casefold(), id_)
        aliases = tuple(
            name for name, owner in self.owners.items() if owner == id_ and name != id_.casefold()
        )
        return NamedSection(id_, section.title, section.markdown, aliases)


def create_slug(title: str) -> str:
    """Return an id made of whole words of a title, in ASCII letters and not too long."""
    spelled = title.lower().replace("æ", "ae").replace("ø", "o").replace("å", "a").replace("ß", "ss")
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    words = re.findall("[a-z0-9]+", plain)
    while len(words) > 1 and len("-".join(words)) > _MAX_ID_LENGTH:
        words.pop()
    return "-".join(words)[:_MAX_ID_LENGTH] or "del"


def compute_likeness(one: Counter[str], other: Counter[str]) -> float:
    """Return the share of words that two texts have in common (Dice)."""
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0


def _count_words(section: FoundSection) -> Counter[str]:
    return Counter(_WORD.findall(section.markdown.casefold()))


def _pair_with_first_language(
    leading: Sequence[FoundSection],
    leading_ids: Sequence[str],
    sections: Sequence[FoundSection],
    ids: list[str],
) -> None:
    """Give sections without an id that of the section of the first language that stands at their place.

    Between two sections that are paired already, equally many are paired in order, others by what
    translations have in common.
    """
    places = {id_: position for position, id_ in enumerate(leading_ids)}
    anchors = list(_iter_increasing([places.get(id_) for id_ in ids]))
    bounds = [(-1, -1), *anchors, (len(sections), len(leading))]
    for (start, first), (end, last) in pairwise(bounds):
        gap = [position for position in range(start + 1, end) if not ids[position]]
        free = [place for place in range(first + 1, last) if leading_ids[place] not in ids]
        pairs: Iterable[tuple[int, int]] = (
            zip(gap, free, strict=True) if len(gap) == len(free) else _align(sections, gap, leading, free)
        )
        for position, place in pairs:
            ids[position] = leading_ids[place]


def _iter_increasing(places: Sequence[int | None]) -> Iterator[tuple[int, int]]:
    """Yield the positions that have a place after those of all before them, with that place."""
    last = -1
    for position, place in enumerate(places):
        if place is not None and place > last:
            last = place
            yield position, place


def _align(
    sections: Sequence[FoundSection], gap: Sequence[int], leading: Sequence[FoundSection], free: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """Yield the pairs, in the order of both, that have the most in common."""
    scores = [[_compare_translations(sections[one], leading[other]) for other in free] for one in gap]
    best = [[0.0] * (len(free) + 1) for _ in range(len(gap) + 1)]
    for row in range(len(gap) - 1, -1, -1):
        for column in range(len(free) - 1, -1, -1):
            paired = best[row + 1][column + 1] + scores[row][column]
            best[row][column] = max(paired, best[row + 1][column], best[row][column + 1])
    row = column = 0
    while row < len(gap) and column < len(free):
        if best[row][column] == best[row + 1][column + 1] + scores[row][column]:
            yield gap[row], free[column]
            row, column = row + 1, column + 1
        elif best[row][column] == best[row + 1][column]:
            row += 1
        else:
            column += 1


def _count_shared_words(section: FoundSection) -> Counter[str]:
    """Count the words that translations have in common: numbers, addresses, and names in capitals."""
    words = section.markdown.split()
    return Counter(word for word in words if word.isupper() or "://" in word or any(map(str.isdigit, word)))


def _compare_translations(one: FoundSection, other: FoundSection) -> float:
    """Return how much two sections look like translations of each other, from 0 to 1."""
    shared = compute_likeness(_count_shared_words(one), _count_shared_words(other))
    lengths = sorted((len(one.markdown) + 1, len(other.markdown) + 1))
    return 0.7 * shared + 0.3 * lengths[0] / lengths[1]
