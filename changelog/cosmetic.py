"""Cosmetic edits: those proven to change no meaning. Any doubt counts as a change.

Old and new text are compared word by word. Words that differ may differ in case, or the old one is a
misspelling of the new one; between words only punctuation may differ, and only if it does not decide the
meaning.
docs/reference/history.md has the rules, docs/minimum-level.md how often they are right.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from rapidfuzz.distance import OSA

from changelog.defined_terms import TermIndex, changes_defined_term
from changelog.lexicon import is_in_lexicon, is_word
from changelog.significant_words import is_significant, makes_punctuation_significant
from changelog.tokens import END, TokenizedText, list_words, tokenize, tokenize_section
from languages.loader import get_language
from languages.models import Edits
from policy.blocks import iter_leaves
from policy.canonical import (
    CanonicalBlock,
    has_moved_words_in_tables,
    have_same_words,
    list_footnote_places,
)
from policy.document import Document, RenderedSection
from policy.fields import Locale

_MAX_DIFFERENCES = 12  # in one language; an edit with more is a revision, whatever each of them is
_MIN_LETTERS = 4  # in a shorter word every other letter makes another word
_MAX_LETTER_EDITS = 2
_MAX_WORD_DISTANCE = 2  # words on each side of a comma in which a negation or condition forbids the edit
_LOOSE_PUNCTUATION = set("\"'«»“”„‘’‚()[]•*_·")
_STOPS = set(".!;:…") | {END}
_PAUSES = set(",-–—")
_INSIGNIFICANT_PUNCTUATION = _LOOSE_PUNCTUATION | _STOPS | _PAUSES


class _Gap(NamedTuple):
    """A gap in the new text: the one before `words[number]`."""

    words: Sequence[str]
    number: int
    locale: Locale

    @property
    def is_at_end(self) -> bool:
        """Whether it is before the first word or after the last."""
        return self.number in {0, len(self.words)}

    def get_nearby_words(self, reach: int) -> Sequence[str]:
        """Return up to `reach` words on each side."""
        return self.words[max(0, self.number - reach) : self.number + reach]


def is_cosmetic(
    before: Mapping[Locale, Document],
    after: Mapping[Locale, Document],
    current_ids: Mapping[str, str],
    names: Collection[str],
) -> bool:
    """Whether every language changed only in punctuation, case, Markdown or spelling, and in few places.

    `current_ids` maps each former section id to the one used today. `names` are casefolded words of names and
    addresses, of which no letter may change.
    """
    if list(before) != list(after):  # a language comes, goes, or becomes the first
        return False
    pairs = ((before[locale], after[locale]) for locale in after)
    return all(_is_document_cosmetic(old, new, current_ids, names) for old, new in pairs)


def is_section_cosmetic(
    old: RenderedSection, new: RenderedSection, documents: tuple[Document, Document], names: Collection[str]
) -> bool:
    """Whether a section of one document is the same in another, or differs by few cosmetic edits alone."""
    if old.looks_like(new):
        return True
    if old.locale != new.locale or _has_moved_words(old.canonical_form, new.canonical_form):
        return False
    before, after = (map(tokenize_section, document.sections) for document in documents)
    differences = _count_differences_of_sections(old, new, names, TermIndex(before, after))
    return differences is not None and differences <= _MAX_DIFFERENCES


def has_same_meaning(old: str, new: str, locale: Locale, names: Collection[str] = ()) -> bool:
    """Whether two texts differ by cosmetic edits alone."""
    before, after = tokenize([old]), tokenize([new])
    differences = _count_differences(before, after, locale, names)
    return (
        differences is not None
        and differences <= _MAX_DIFFERENCES
        and not changes_defined_term(before, after, TermIndex([before], [after]))
    )


def _is_document_cosmetic(
    old: Document, new: Document, current_ids: Mapping[str, str], names: Collection[str]
) -> bool:
    """Whether the sections of one language are the same and differ only by cosmetic edits."""

    def list_section_ids(document: Document) -> list[tuple[str, Locale]]:
        return [(current_ids.get(section.id, section.id), section.locale) for section in document.sections]

    if list_section_ids(old) != list_section_ids(new):
        return False
    total = 0
    terms = TermIndex(
        map(tokenize_section, old.sections), map(tokenize_section, new.sections)
    )  # read only if some case or quotation mark changed
    for before, after in zip(old.sections, new.sections, strict=True):
        if before == after:  # the same object: replay reuses unchanged sections
            continue
        differences = _count_differences_of_sections(before, after, names, terms)
        if differences is None or _has_moved_words(before.canonical_form, after.canonical_form):
            return False
        total += differences
    return total <= _MAX_DIFFERENCES


def _count_differences_of_sections(
    old: RenderedSection, new: RenderedSection, names: Collection[str], terms: TermIndex
) -> int | None:
    """Count the words and gaps that differ; 0 if only the form does. None if the meaning may be another."""
    before, after = tokenize_section(old), tokenize_section(new)
    if before.words == after.words and old.title == new.title and have_same_words(old.blocks, new.blocks):
        return 0
    if _list_link_targets_and_words(old) != _list_link_targets_and_words(new):
        return None
    differences = _count_differences(before, after, new.locale, names)
    return None if differences is not None and changes_defined_term(before, after, terms) else differences


def _has_moved_words(old: CanonicalBlock, new: CanonicalBlock) -> bool:
    """Whether words of a table are in another row or column, or a footnote belongs to another word.

    They say something else then, although they are read in the same order.
    """
    return has_moved_words_in_tables(old, new) or list_footnote_places(old) != list_footnote_places(new)


def _list_link_targets_and_words(section: RenderedSection) -> list[tuple[str, str]]:
    """Return the target and the words of each link, in order."""
    return [
        (href, " ".join("".join(run.text for run in group).split()))
        for leaf in iter_leaves(section.blocks)
        for href, group in groupby(
            (r for r in leaf.runs if "footnote" not in r.marks), key=lambda run: run.href
        )
        if href
    ]


def _count_differences(
    old: TokenizedText, new: TokenizedText, locale: Locale, names: Collection[str]
) -> int | None:
    """Count the words and gaps that differ; None if one of them may change the meaning."""
    # A word added or removed always counts as a change, even "and".
    if len(old.words) != len(new.words):
        return None
    count = 0
    for number, (before, after) in enumerate(zip(old.gaps, new.gaps, strict=True)):
        if before != after:
            count += 1
            if not _is_harmless_gap_edit(before, after, _Gap(new.words, number, locale)):
                return None
    for number, (old_word, new_word) in enumerate(zip(old.words, new.words, strict=True)):
        if old_word != new_word:
            count += 1
            begins_sentence = bool(_STOPS & set(new.gaps[number]) and _STOPS & set(old.gaps[number]))
            is_inside = number > 0 and not begins_sentence
            if not _is_harmless_word_edit(old_word, new_word, locale, names, is_inside=is_inside):
                return None
    return count


def _is_harmless_gap_edit(old: Sequence[str], new: Sequence[str], gap: _Gap) -> bool:
    """Whether the edit of a gap is harmless: no sentence ends elsewhere, and no other sign comes or goes."""
    if [mark for mark in old if mark not in _INSIGNIFICANT_PUNCTUATION] != [
        mark for mark in new if mark not in _INSIGNIFICANT_PUNCTUATION
    ]:
        return False
    if gap.is_at_end or (END in old and END in new):
        return True
    # Fewer neighbours matter if a comma becomes another pause than if it is added or removed.
    old_kind, new_kind = _classify_gap(old), _classify_gap(new)
    reach = 1 if old_kind == new_kind else _MAX_WORD_DISTANCE
    if any(makes_punctuation_significant(word, gap.locale) for word in gap.get_nearby_words(reach)):
        return False
    return old_kind == new_kind or "stop" not in {old_kind, new_kind} or END in {*old, *new}


def _classify_gap(punctuation: Sequence[str]) -> str:
    """Return "stop" if the punctuation ends a sentence, "pause" if it divides one, else an empty string."""
    found = set(punctuation)
    return "stop" if found & _STOPS else "pause" if found & _PAUSES else ""


def _is_harmless_word_edit(
    old: str, new: str, locale: Locale, names: Collection[str], *, is_inside: bool
) -> bool:
    """Whether one word may replace another; inside a sentence (`is_inside`) a capital letter makes a name."""
    if is_significant(old, locale) or is_significant(new, locale):
        return False
    if {old.casefold(), new.casefold()} & set(names):
        return False
    if old.casefold() == new.casefold():  # capitals are an acronym: "it" and "IT" are two words
        return not any(word.isupper() or not word[1:].islower() for word in (old, new))
    may_be_name = is_inside and (old[0].isupper() or new[0].isupper())
    return not may_be_name and _is_spelling_correction(old.casefold(), new.casefold(), locale)


def _is_spelling_correction(old: str, new: str, locale: Locale) -> bool:
    """Whether the old spelling is not a word, the new one is, and they are only a few letters apart."""
    edits = get_language(locale).edits
    letters = old.replace("-", ""), new.replace("-", "")
    if edits is None:
        return False
    if not all(map(str.isalpha, letters)) or min(map(len, letters)) < _MIN_LETTERS:
        return False
    if letters[0] == letters[1]:  # only a hyphen comes or goes: "e-mail", "email"
        # Without its hyphen "re-sign" is another word, "resign".
        return not any(word.partition("-")[0] in edits.prefixes_with_hyphen for word in (old, new))
    has_equal_spelling = any(
        pattern.sub(sign, old) == pattern.sub(sign, new) for pattern, sign in edits.equal_spellings
    )
    if has_equal_spelling or _is_joined_by_s(old, new, locale, edits):
        return True
    # With another beginning or ending it may be another word or another inflection, not a correction.
    has_same_ends = old[:2] == new[:2] and old[-1] == new[-1]
    if not has_same_ends or old.endswith(new) or new.endswith(old):
        return False
    return OSA.distance(old, new) <= _MAX_LETTER_EDITS and not is_word(old, locale) and is_word(new, locale)


def _is_joined_by_s(old: str, new: str, locale: Locale, edits: Edits) -> bool:
    """Whether `new` is `old` with the "s" that some languages put between two words written as one."""
    if not edits.has_compounds or "s" not in edits.linking_elements:
        return False
    split_points = (
        at for at in range(_MIN_LETTERS, len(old) - _MIN_LETTERS + 1) if new == f"{old[:at]}s{old[at:]}"
    )
    return any(
        is_in_lexicon(old[:at], locale) and is_in_lexicon(old[at:], locale) for at in split_points
    ) and not is_in_lexicon(old, locale)


def collect_words_of_names(texts: Iterator[str]) -> frozenset[str]:
    """Return the casefolded words of names and addresses."""
    return frozenset(word.casefold() for text in texts for word in list_words(text))
