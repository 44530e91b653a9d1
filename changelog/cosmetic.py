"""Whether an edit is proven to change no meaning (contract §3): doubt counts as a change.

Words are laid side by side, one for one. What differs in a pair must be its case, or a spelling of which the
old one is no word; what differs between two words must be punctuation that binds nothing.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from changelog.lexicon import is_listed, is_word
from changelog.significant_words import binds_punctuation, is_significant
from policy.blocks import iter_leaves

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from policy.document import Document, RenderedSection
    from policy.fields import Locale

_FEW = 12  # places in one language; an edit in more of them is a revision, whatever each of them is
_SHORTEST = 4  # letters: among shorter words every second letter makes another word
_MOST_LETTERS = 2
_NEAR = 2  # words beside a comma: as far as a negation or condition is looked for
_TOKEN = re.compile(r"[^\W_]+(?:[.,:/@'’+-][^\W_]+)*|\S")
_END = "¶"  # stands where a block ends
_LOOSE_MARKS = set("\"'«»“”„‘’‚()[]•*_·")
_STOPS = set(".!;:…") | {_END}
_PAUSES = set(",-–—")
_FREE = _LOOSE_MARKS | _STOPS | _PAUSES
_SENDING_PREFIX = re.compile(r"(re|non|un|ikke|anti|pre|de|dis|mis)-", re.IGNORECASE)
_IZE = re.compile(r"i[sz](e[ds]?|ing|ations?|ational)$")


class _Words(NamedTuple):
    """A text as its words, and between them what else was written: `gaps[n]` stands before `words[n]`."""

    words: list[str]
    gaps: list[list[str]]


class _Between(NamedTuple):
    """The place between two words of the new text."""

    words: Sequence[str]
    number: int
    locale: Locale

    @property
    def is_end(self) -> bool:
        """Whether a word stands on one side alone."""
        return self.number in {0, len(self.words)}

    def beside(self, reach: int) -> Sequence[str]:
        """Give the words on either side, as far as `reach`."""
        return self.words[max(0, self.number - reach) : self.number + reach]


def is_cosmetic(
    before: Mapping[Locale, Document],
    after: Mapping[Locale, Document],
    renamed: Mapping[str, str],
    names: Collection[str],
) -> bool:
    """Whether every language changed only in punctuation, case, Markdown or spelling, and in few places.

    `names` are words that name somebody: they may not change by a letter.
    """
    if list(before) != list(after):
        return False
    pairs = ((before[locale], after[locale]) for locale in after)
    return all(_document(old, new, renamed, names) for old, new in pairs)


def has_same_meaning(old: str, new: str, locale: Locale, names: Collection[str] = ()) -> bool:
    """Whether one text became the other by cosmetic edits alone."""
    places = _places(_read([old]), _read([new]), locale, names)
    return places is not None and places <= _FEW


def _document(old: Document, new: Document, renamed: Mapping[str, str], names: Collection[str]) -> bool:
    def identities(text: Document) -> list[tuple[str, Locale]]:
        return [(renamed.get(part.id, part.id), part.lang) for part in text.sections]

    if identities(old) != identities(new):
        return False
    total = 0
    for was, now in zip(old.sections, new.sections, strict=True):
        if was == now:
            continue
        places = _places(_words(was), _words(now), now.lang, names) if _links(was) == _links(now) else None
        if places is None:
            return False
        total += places
    return total <= _FEW


def _links(part: RenderedSection) -> list[tuple[str, str]]:
    """Give each link's target and words in order."""
    return [
        (href, " ".join("".join(run.text for run in group).split()))
        for leaf in iter_leaves(part.blocks)
        for href, group in groupby((r for r in leaf.runs if "note" not in r.marks), key=lambda run: run.href)
        if href
    ]


@lru_cache(maxsize=16)
def _words(part: RenderedSection) -> _Words:
    texts = (
        "".join(run.text for run in leaf.runs if "note" not in run.marks) for leaf in iter_leaves(part.blocks)
    )
    return _read([part.title, *texts])


def _read(texts: Sequence[str]) -> _Words:
    words: list[str] = []
    gaps: list[list[str]] = [[]]
    for text in texts:
        for token in _TOKEN.findall(text):
            if token[0].isalnum():
                words.append(token)
                gaps.append([])
            else:
                gaps[-1].append(token)
        gaps[-1].append(_END)
    return _Words(words, gaps)


def _places(old: _Words, new: _Words, locale: Locale, names: Collection[str]) -> int | None:
    """Count the places that differ; nothing where one of them may change the meaning."""
    if len(old.words) != len(new.words):
        return None
    places = 0
    for number, pair in enumerate(zip(old.gaps, new.gaps, strict=True)):
        if pair[0] != pair[1]:
            places += 1
            if not _harmless_gap(*pair, _Between(new.words, number, locale)):
                return None
    for number, (was, now) in enumerate(zip(old.words, new.words, strict=True)):
        if was != now:
            places += 1
            inside = not (_STOPS & set(new.gaps[number]) and _STOPS & set(old.gaps[number])) and number > 0
            if not _harmless_word(was, now, locale, names, inside=inside):
                return None
    return places


def _harmless_gap(old: Sequence[str], new: Sequence[str], between: _Between) -> bool:
    """Whether what stands before a word may change: no other sign, no sentence that ends elsewhere."""
    if [mark for mark in old if mark not in _FREE] != [mark for mark in new if mark not in _FREE]:
        return False
    if between.is_end or (_END in old and _END in new):
        return True
    was, now = _strength(old), _strength(new)
    reach = 1 if was == now else _NEAR
    if any(binds_punctuation(word, between.locale) for word in between.beside(reach)):
        return False
    return was == now or "stop" not in {was, now} or _END in {*old, *new}


def _strength(gap: Sequence[str]) -> str:
    marks = set(gap)
    return "stop" if marks & _STOPS else "pause" if marks & _PAUSES else ""


def _harmless_word(old: str, new: str, locale: Locale, names: Collection[str], *, inside: bool) -> bool:
    """Whether one word may stand for another; `inside` a sentence a capital makes a name."""
    if is_significant(old) or is_significant(new) or {old.casefold(), new.casefold()} & set(names):
        return False
    if old.casefold() == new.casefold():
        return not any(word.isupper() or not word[1:].islower() for word in (old, new))
    named = inside and (old[0].isupper() or new[0].isupper())
    return not named and _respelt(old.casefold(), new.casefold(), locale)


def _respelt(old: str, new: str, locale: Locale) -> bool:
    """Whether a word is corrected: what stood there is no word, what stands there now is."""
    letters = old.replace("-", ""), new.replace("-", "")
    if not all(map(str.isalpha, letters)) or min(map(len, letters)) < _SHORTEST:
        return False
    if letters[0] == letters[1]:
        return not any(_SENDING_PREFIX.match(word) for word in (old, new))
    if locale == "en" and _IZE.sub(r"iz\1", old) == _IZE.sub(r"iz\1", new):
        return True
    if locale == "nb" and _joined_by_s(old, new):
        return True
    same_ends = old[:2] == new[:2] and old[-1] == new[-1]
    near = same_ends and not old.endswith(new) and not new.endswith(old) and _apart(old, new) <= _MOST_LETTERS
    return near and not is_word(old, locale) and is_word(new, locale)


def _joined_by_s(old: str, new: str) -> bool:
    """Whether two known words, written as one that is not, got the «s» that Norwegian joins them with."""
    places = (at for at in range(_SHORTEST, len(old) - _SHORTEST + 1) if new == f"{old[:at]}s{old[at:]}")
    return any(is_listed(old[:at], "nb") and is_listed(old[at:], "nb") for at in places) and not is_listed(
        old, "nb"
    )


def _apart(one: str, other: str) -> int:
    """Count the letters to add, leave out, change, or swap with the next, to make one word of the other."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        row = [i]
        for j, b in enumerate(other, start=1):
            best = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if before and j > 1 and a == other[j - 2] and one[i - 2] == b:
                best = min(best, before[j - 2] + 1)
            row.append(best)
        before, last = last, row
    return last[-1]


def collect_name_words(texts: Iterator[str]) -> frozenset[str]:
    """Give the words of names and addresses, folded, for `names`."""
    return frozenset(
        token.casefold() for text in texts for token in _TOKEN.findall(text) if token[0].isalnum()
    )
