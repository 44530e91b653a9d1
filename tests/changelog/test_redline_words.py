"""Words and their comparison: nothing lost, nothing invented, no more marked than must be."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from hypothesis import given
from hypothesis import strategies as st

from changelog.redline_words import (
    compare_words,
    compute_dice_similarity,
    create_multiset,
    extract_word_keys,
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
    again = join_words([("", word) for word in split_words(given_runs)])
    assert _key(split_words(again)) == _key(split_words(given_runs))
    assert [run for run in again if "footnote" in run.marks] == [
        run for run in given_runs if "footnote" in run.marks
    ]


@property_settings
@given(_RUNS, _RUNS)
def test_the_marks_lead_from_the_old_words_to_the_new(old, new):
    steps = list(compare_words(split_words(old), split_words(new)))
    assert _key(word for mark, word in steps if mark != "ins") == _key(split_words(old))
    assert _key(word for mark, word in steps if mark != "del") == _key(split_words(new))


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
def test_as_few_words_as_possible_are_marked(old, new):
    marked = [mark for mark, _ in compare_words(_words(old), _words(new)) if mark]
    assert len(marked) == len(old) + len(new) - 2 * _common(tuple(old), tuple(new))


@property_settings
@given(_SAID, _SAID)
def test_similarity_goes_from_no_common_word_to_the_same_words(old, new):
    one, other = create_multiset(old), create_multiset(new)
    assert compute_dice_similarity(one, other) == compute_dice_similarity(other, one)
    assert (compute_dice_similarity(one, other) == 1) == (sorted(old) == sorted(new))
    assert (compute_dice_similarity(one, other) == 0) == (not set(old) & set(new) and bool(old or new))
    assert len(one & other) == (Counter(old) & Counter(new)).total()


def test_a_footnote_sign_belongs_to_the_word_before_it():
    sign = TextRun("1", "#om-note-1", ("footnote",))
    assert _key(split_words((TextRun("a "), sign, TextRun("b")))) == ["a", "b"]
    assert _key(split_words((sign, TextRun("b")))) == ["b"]
    assert _key(split_words((TextRun("a"), sign, TextRun(".")))) == ["a."]


def test_a_word_differs_by_its_link_target_and_not_by_its_style():
    one, other, bold = (
        split_words((TextRun("a", href, marks),))
        for href, marks in (("x", ()), ("y", ()), ("x", ("strong",)))
    )
    assert _key(one) != _key(other)
    assert _key(one) == _key(bold)
    assert [(mark, word.pieces[0][0][1]) for mark, word in compare_words(one, bold)] == [("", ("strong",))]
