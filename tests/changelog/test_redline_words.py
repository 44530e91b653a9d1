"""Words and their comparison: nothing lost, nothing invented, no more marked than must be."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changelog.redline_forms import FormChange
from changelog.redline_text import format_line
from changelog.redline_units import compute_dice, create_multiset
from changelog.redline_words import (
    MarkedWord,
    absorb_islands,
    compare_words,
    extract_word_keys,
    find_matching_stretches,
    join_words,
    split_words,
)
from policy.blocks import Block, TextRun, extract_words
from tests.helpers.factories import property_settings

_TEXT = st.text("ab ø\n\t.\u00a0", max_size=6)
_RUN = st.one_of(
    st.builds(TextRun, _TEXT),
    st.builds(
        TextRun,
        _TEXT,
        st.sampled_from(["", "https://a.no/"]),
        st.sampled_from([(), ("strong",), ("em", "code")]),
    ),
    st.just(TextRun("1", "#om-note-1", ("footnote",))),
)
_RUNS = st.lists(_RUN, max_size=8).map(tuple)
_SAID = st.lists(st.sampled_from("abcdef"), max_size=12)


def _words(words):
    return split_words((TextRun(" ".join(words)),))


def _key(found):
    return [word.key for word in found]


@property_settings
@given(_RUNS)
def test_the_words_of_a_leaf_are_those_a_reader_sees(given_runs):
    found = [text for word in split_words(given_runs) if (text := word.key.partition("\0")[0])]
    assert found == extract_words([Block("p", runs=given_runs)])


@property_settings
@given(_RUNS)
def test_the_keys_of_a_leaf_are_those_of_its_words(given_runs):
    assert extract_word_keys(given_runs) == tuple(word.key for word in split_words(given_runs))


@property_settings
@given(_RUNS)
def test_joining_unmarked_words_gives_the_same_leaf(given_runs):
    again = join_words([MarkedWord("", word) for word in split_words(given_runs)])
    assert _key(split_words(again)) == _key(split_words(given_runs))
    assert [run for run in again if "footnote" in run.marks] == [
        run for run in given_runs if "footnote" in run.marks
    ]


@property_settings
@given(_RUNS, _RUNS)
def test_the_marks_lead_from_the_old_words_to_the_new(old, new):
    steps = list(compare_words(split_words(old), split_words(new)))
    assert _key(word for mark, word, *_ in steps if mark != "ins") == _key(split_words(old))
    assert _key(word for mark, word, *_ in steps if mark != "del") == _key(split_words(new))


def _common(old, new) -> int:
    """Measure the longest common subsequence by its definition."""

    @lru_cache(None)
    def longest(i: int, j: int) -> int:
        if i == len(old) or j == len(new):
            return 0
        if old[i] == new[j]:
            return 1 + longest(i + 1, j + 1)
        return max(longest(i + 1, j), longest(i, j + 1))

    return longest(0, 0)


@property_settings
@given(_SAID, _SAID)
def test_as_few_words_as_possible_are_marked_before_islands_are_absorbed(old, new):
    kept = sum(size for _, _, size in find_matching_stretches(old, new))
    assert kept == _common(tuple(old), tuple(new))


@property_settings
@given(_SAID, _SAID)
def test_no_stretch_of_kept_words_is_shorter_than_the_changes_around_it(old, new):
    stretches = [(0, 0, 0), *absorb_islands(find_matching_stretches(old, new))]
    changes = [
        (i - before[0] - before[2], j - before[1] - before[2]) for before, (i, j, _) in pairwise(stretches)
    ]
    for (_, _, size), before, after in zip(stretches[1:], changes, changes[1:], strict=False):
        is_between_longer = size < min(max(before), max(after))
        assert not is_between_longer or size >= min(before[0] + after[0], before[1] + after[1])
        assert size > 2 or min(sum(before), sum(after)) < 4


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("Vi lagrer navn i 1 år.", "Vi lagrer navn i 2 år.", "Vi lagrer navn i [-1-] {+2+} år."),
        ("en to tre fire", "fem seks to sju åtte", "[-en to tre fire-] {+fem seks to sju åtte+}"),
        ("a b c d e", "x y c v w", "[-a b c d e-] {+x y c v w+}"),
        ("a b c d", "t u v x y a b c d z w p q r", "{+t u v x y+} a b c d {+z w p q r+}"),
        ("vi sletter c", "vi lagrer b. vi sletter c", "{+vi lagrer b.+} vi sletter c"),
        ("a b c d e f", "x b c d e y", "[-a-] {+x+} b c d e [-f-] {+y+}"),
    ],
)
def test_a_few_kept_words_between_longer_changes_are_part_of_them(old, new, shown):
    before, after = (split_words((TextRun(text),)) for text in (old, new))
    assert format_line(join_words(compare_words(before, after))) == shown


@property_settings
@given(_SAID, _SAID)
def test_similarity_goes_from_no_common_word_to_the_same_words(old, new):
    one, other = create_multiset(tuple(old)), create_multiset(tuple(new))
    assert compute_dice(one, other) == compute_dice(other, one)
    assert (compute_dice(one, other) == 1) == (sorted(old) == sorted(new))
    assert (compute_dice(one, other) == 0) == (not set(old) & set(new) and bool(old or new))
    assert len(one & other) == (Counter(old) & Counter(new)).total()


def test_a_footnote_sign_belongs_to_the_word_before_it():
    sign = TextRun("1", "#om-note-1", ("footnote",))
    assert _key(split_words((TextRun("a "), sign, TextRun("b")))) == ["a", "b"]
    assert _key(split_words((sign, TextRun("b")))) == ["b"]
    assert _key(split_words((TextRun("a"), sign, TextRun(".")))) == ["a."]


def test_a_word_that_leads_elsewhere_stays_and_knows_where_it_led():
    one, other = (split_words((TextRun("a", href),)) for href in ("x", "y"))
    assert join_words(compare_words(one, other)) == (TextRun("a", "y", former_href="x"),)
    assert join_words(compare_words(one, split_words((TextRun("a"),)))) == (TextRun("a", former_href="x"),)
    assert join_words(compare_words(split_words((TextRun("a"),)), one)) == (
        TextRun("a", "x", former_href=""),
    )


def test_a_link_around_part_of_a_word_is_compared_letter_by_letter():
    old = split_words((TextRun("vilkår", "x"), TextRun("ene.")))
    new = split_words((TextRun("vilkårene", "x"), TextRun(".")))
    assert join_words(compare_words(old, new)) == (
        TextRun("vilkår", "x"), TextRun("ene", "x", former_href=""), TextRun("."),
    )  # fmt: skip


def test_a_word_with_another_emphasis_stays_in_its_new_style():
    one, bold = (split_words((TextRun("a", marks=marks),)) for marks in ((), ("strong",)))
    (word,) = compare_words(one, bold)
    assert (word.mark, set(word.forms), word.word) == ("", {FormChange.PARTLY_BOLD}, bold[0])
