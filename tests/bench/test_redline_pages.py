"""Pages are read as a browser reads them: their words, marks and places, and what is seen at first."""

from __future__ import annotations

from bench.redline_pages import join_words, list_tokens, read_redline, read_version


def _read(body):
    return read_redline(f'<p>Menu</p><article class="redline" data-to="1.1">{body}</article><p>Footer</p>')


def _list_words(body):
    return [(token.word, token.mark) for token in list_tokens(_read(body).pieces)]


def test_only_the_redline_is_read():
    page = read_redline('<article class="note">No</article><article class="redline">Yes</article>')
    assert join_words(page.pieces) == ["Yes"]


def test_of_a_version_page_only_the_policy_is_read():
    page = read_version('<article>No</article><article data-version="1.0">Yes</article>')
    assert join_words(page.pieces) == ["Yes"]


def test_words_have_their_marks():
    found = _list_words("<p>one <del>two</del> <ins>three <em>four</em></ins> five</p>")
    assert found == [("one", ""), ("two", "del"), ("three", "ins"), ("four", "ins"), ("five", "")]


def test_a_word_goes_on_across_emphasis_and_ends_with_its_block_or_line():
    assert join_words(_read("<p>un<em>like</em>ly</p><p>so<br>it is</p>").pieces) == [
        "unlikely",
        "so",
        "it",
        "is",
    ]


def test_a_partly_marked_word_is_one_word_of_the_text_and_two_of_the_redline():
    page = _read("<p>year<ins>s</ins></p>")
    assert join_words(page.pieces) == ["years"]
    assert [token.word for token in list_tokens(page.pieces)] == ["year", "s"]


def test_helpers_are_no_words_of_the_policy():
    found = _list_words(
        '<p><span class="helper">1 of 2</span> one <b class="visually-hidden x">added</b></p>'
    )
    assert found == [("one", "")]


def test_closed_details_hide_all_but_their_summary():
    tokens = list_tokens(
        _read(
            "<details><summary>seen</summary><p>not <em>now</em></p></details>"
            "<details open><p>also</p></details><p hidden>never</p>"
        ).pieces
    )
    assert [token.word for token in tokens if not token.is_collapsed] == ["seen", "also"]


def test_words_know_the_outermost_element_that_moved():
    page = _read('<ul class="moved"><li class="moved">a</li><li>b</li></ul><p>c</p><p class="x moved">d</p>')
    assert [token.moved for token in list_tokens(page.pieces)] == [0, 0, -1, 1]


def test_each_ins_and_del_is_an_element_of_its_own():
    page = _read("<p><del>a</del> <del>b</del><ins><sup><a data-number='1'></a></sup></ins></p>")
    assert [(mark.kind, mark.has_footnote_number) for mark in page.marks] == [
        ("del", False),
        ("del", False),
        ("ins", True),
    ]


def test_a_named_section_has_the_id_that_it_links_to():
    page = _read(
        '<section class="same"><a href="../#one">One</a></section>'
        '<section class="same" id="two">Two</section>'
        '<section class="removed"><a href="#three">Three</a></section>'
    )
    assert [(section.id, section.is_named) for section in page.sections] == [
        ("one", True),
        ("two", True),
        ("", False),
    ]


def test_what_is_not_closed_ends_with_the_element_around_it():
    assert _list_words("<p><ins>one</p><p>two</p></b>") == [("one", "ins"), ("two", "")]
