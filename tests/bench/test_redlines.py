"""The fewest words that a redline could mark, and how many it does mark."""

from __future__ import annotations

from functools import lru_cache

from hypothesis import given
from hypothesis import strategies as st

from bench import redlines
from tests.helpers.factories import property_settings

_SAID = st.lists(st.sampled_from("abcde"), max_size=14)


def _by_definition(old, new):
    @lru_cache(None)
    def outside(i, j):
        if i == len(old) or j == len(new):
            return len(old) - i + len(new) - j
        if old[i] == new[j]:
            return outside(i + 1, j + 1)
        return 1 + min(outside(i + 1, j), outside(i, j + 1))

    return outside(0, 0)


@property_settings
@given(_SAID, _SAID)
def test_the_fewest_are_those_outside_a_longest_common_subsequence(old, new):
    assert redlines.count_fewest_marks(old, new) == _by_definition(tuple(old), tuple(new))


def _marked(*texts):
    ((old, new), _) = redlines.iter_version_pairs(redlines._build_history(*texts))
    return redlines.count_marked_words(redlines.compare_documents(old, new))


def test_inserted_and_deleted_words_are_counted():
    assert _marked(["one two three four five"], ["one two 3 four five six"]) == 3


def test_what_stays_is_not_counted():
    assert _marked(["one two three four five", "gone"], ["one two three four five"]) == 1


def test_made_texts_have_the_length_that_the_table_tells():
    for story in (redlines.build_shuffled_history, redlines.build_unrelated_history):
        for old, new in redlines.iter_version_pairs(story()):
            assert (
                len(redlines.list_words(old)) == len(redlines.list_words(new)) == redlines.WORDS + 2
            )  # and the title
