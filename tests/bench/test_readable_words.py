"""The fewest words that a readable redline marks: short kept runs are marked too, what moved counts once."""

from __future__ import annotations

from functools import lru_cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.readable_words import (
    absorb_short_runs,
    count_fewest_marks,
    count_fewest_readable_marks,
    find_word_changes,
)
from bench.redline_pages import Token
from tests.helpers.factories import property_settings

_WORDS = st.lists(st.sampled_from("abcde"), max_size=14)


def _count_by_definition(old, new):
    @lru_cache(None)
    def count_outside(i, j):
        if i == len(old) or j == len(new):
            return len(old) - i + len(new) - j
        if old[i] == new[j]:
            return count_outside(i + 1, j + 1)
        return 1 + min(count_outside(i + 1, j), count_outside(i, j + 1))

    return count_outside(0, 0)


@property_settings
@given(_WORDS, _WORDS)
def test_the_fewest_are_those_outside_a_longest_common_subsequence(old, new):
    assert count_fewest_marks(old, new) == _count_by_definition(tuple(old), tuple(new))


@property_settings
@given(_WORDS, _WORDS)
def test_changes_turn_the_old_words_into_the_new_ones(old, new):
    words, kept_until = [], 0
    for change in find_word_changes(old, new):
        words += old[kept_until : change.old_start] + new[change.new_start : change.new_end]
        kept_until = change.old_end
    assert words + old[kept_until:] == new


@property_settings
@given(_WORDS, _WORDS)
def test_after_absorbing_no_run_is_shorter_than_both_neighbours(old, new):
    joined = absorb_short_runs(find_word_changes(old, new))
    assert absorb_short_runs(joined) == joined
    assert sum(change.inserted - change.deleted for change in joined) == len(new) - len(old)


def _place_words(*blocks):
    """Return the words of blocks."""
    return [Token(word, number) for number, text in enumerate(blocks) for word in text.split()]


@pytest.mark.parametrize(
    ("old", "new", "fewest"),
    [
        ("we keep it for one year", "we keep it for two years", 4),
        # "the" is shorter than "red fox" and "brown hen", and is marked with them.
        ("a red fox the old den here", "a brown hen the new nest here", 10),
        # Here it is as long as the changes beside it.
        ("a fox the den here", "a hen the nest here", 4),
        # Two words between changes of four words, of which neither side has more than two.
        ("a red fox in the old den here", "a brown hen in the new nest here", 12),
        # Three words between the same changes stay.
        ("a red fox is in the old den here", "a brown hen is in the new nest here", 8),
        # The longer side of a change decides: nothing was deleted before "in the".
        ("a in the old den here", "a very brown hen in the new big nest here", 3 + 2 + 2 + 3 + 2),
    ],
)
def test_a_kept_run_that_is_shorter_than_its_neighbours_counts_as_marked(old, new, fewest):
    assert count_fewest_readable_marks(_place_words(old), _place_words(new)) == fewest


def test_a_joined_change_absorbs_the_run_before_it():
    old, new = "1 2 3 4 k l m n 5 6 7 o 8 9 end", "A B C D E k l m n F G H o I J end"
    # "o" joins the last two changes. Only then is "k l m n" shorter than the changes on both sides.
    assert count_fewest_readable_marks(_place_words(old), _place_words(new)) == 29


_PETS = "pets may come to the office on fridays"
_PARKING = "park your bicycle behind the house and never in front of it"


def test_a_moved_block_counts_once():
    old, new = _place_words(_PETS, _PARKING), _place_words(_PARKING, _PETS)
    assert count_fewest_readable_marks(old, new) == len(_PETS.split())


def test_a_moved_block_counts_with_what_was_inserted_in_it():
    edited = _PETS.replace("fridays", "mondays and tuesdays")
    old, new = _place_words(_PETS, _PARKING), _place_words(_PARKING, edited)
    assert count_fewest_readable_marks(old, new) == len(_PETS.split()) + 3


def test_two_blocks_that_share_a_few_words_are_no_move():
    other = "cats may go to the kitchen at night"
    old, new = _place_words(_PETS, _PARKING), _place_words(_PARKING, other)
    assert count_fewest_readable_marks(old, new) == len(_PETS.split()) + len(other.split())


def test_a_block_of_three_words_does_not_move():
    old, new = _place_words("pets are welcome", _PARKING), _place_words(_PARKING, "pets are welcome")
    assert count_fewest_readable_marks(old, new) == 6


def test_of_two_equal_blocks_only_one_moves_into_one():
    old, new = _place_words(_PETS, _PETS, _PARKING), _place_words(_PARKING, _PETS)
    assert count_fewest_readable_marks(old, new) == 2 * len(_PETS.split())
