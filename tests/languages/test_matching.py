"""Which language a reader gets. `notice.js` and the plugin are tested with the same cases."""

import pytest

from common.errors import InputError
from languages.loader import get_language, get_readers, list_language_codes
from languages.matching import choose_language, find_language
from tests.helpers.language_cases import LANGUAGE_CASES, NORWEGIAN_FIRST


@pytest.mark.parametrize(("languages", "tag", "chosen"), LANGUAGE_CASES)
def test_a_reader_gets_the_best_language_there_is(languages, tag, chosen):
    assert choose_language(tag, languages) == chosen


def test_a_reader_without_a_language_gets_the_one_for_every_reader():
    assert choose_language("", NORWEGIAN_FIRST) == "en"


@pytest.mark.parametrize(("tag", "found"), [(" nb_NO ", "nb"), ("nn", "nb"), ("de_DE", None), ("", None)])
def test_a_language_is_found_only_if_it_has_the_reader(tag, found):
    assert find_language(tag, NORWEGIAN_FIRST) == found


@pytest.mark.parametrize("code", list_language_codes())
def test_the_readers_of_a_language_are_those_of_its_words(code):
    assert get_readers(code) == frozenset(get_language(code).words.readers)


def test_a_language_without_a_folder_has_no_readers():
    with pytest.raises(InputError, match="there is no language 'xx'"):
        get_readers("xx")
