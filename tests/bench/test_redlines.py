"""How many words the redlines of histories mark, and how many they have to."""

from __future__ import annotations

from bench import redlines
from bench.redline_measures import count_marked_words


def _marked(*texts):
    ((old, new), _) = redlines.iter_version_pairs(redlines._build_history(*texts))
    return count_marked_words(redlines.list_redline_words(redlines.compare_documents(old, new)))


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


def test_a_moved_paragraph_counts_once():
    long, other = "one two three four five", "six seven eight nine ten"
    assert _marked([long, other], [other, long]) == 5


def test_the_ratio_is_that_of_words_marked_to_the_fewest_readable():
    past = redlines._build_history(["one two three four five"], ["one two 3 four five"])
    assert redlines.measure_marking_ratio(past) == 1.0
