"""The canonical form: what two texts have in common if readers see the same, and what tells them apart."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy.blocks import render_html, render_text
from policy.canonical import build_canonical_section, have_same_words
from policy.markdown import parse_markdown
from tests.helpers.canonical_page import read_canonical_blocks
from tests.helpers.factories import REDLINE_LABELS

# Each pair has the same words and links, and readers see the difference.
OTHER_FORMS = {
    "a paragraph becomes a list": ("a b\n\nc", "- a b\n- c"),
    "a list becomes paragraphs": ("- a b\n- c", "a b\n\nc"),
    "bullets become numbers": ("- a\n- b", "1. a\n2. b"),
    "a list begins with another number": ("1. a\n2. b", "3. a\n4. b"),
    "an item becomes one of a list inside": ("- a\n- b", "- a\n  - b"),
    "two lists become one": ("- a\n\n* b", "- a\n- b"),
    "a heading becomes a paragraph": ("## a\n\nb", "a\n\nb"),
    "a heading gets another level": ("## a\n\nb", "### a\n\nb"),
    "words become strong": ("a b c", "a **b** c"),
    "words become emphasised": ("a b c", "a *b* c"),
    "strong words become emphasised": ("**a** b", "*a* b"),
    "words become code": ("a b", "a `b`"),
    "a paragraph is divided": ("a b", "a\n\nb"),
    "a line ends earlier": ("a b", "a\\\nb"),
    "a quotation begins": ("a\n\nb", "a\n\n> b"),
    "a line is drawn": ("a\n\nb", "a\n\n---\n\nb"),
    "code becomes a paragraph": ("```\na\n```", "a"),
    "code is indented": ("```\na\nb\n```", "```\na\n  b\n```"),
    "a table is divided": ("| a |\n|---|\n| c |", "| a |\n|---|\n\n| c |\n|---|"),
    "a cell moves": ("| a | b |\n|---|---|\n| c |  |", "| a | b |\n|---|---|\n|  | c |"),
    "a table becomes paragraphs": ("| a | b |\n|---|---|\n| c | d |", "a\n\nb\n\nc\n\nd"),
    "a definition becomes a paragraph": ("a\n: b", "a\n\nb"),
    "a footnote belongs to another word": ("a[^1] b\n\n[^1]: c", "a b[^1]\n\n[^1]: c"),
}  # fmt: skip
# Each pair looks the same to readers.
SAME_FORMS = {
    "bullet characters": ("- a\n- b", "+ a\n+ b"),
    "loose lists": ("- a\n  - b\n- c", "- a\n\n  - b\n\n- c"),
    "loose definitions": ("a\n: b", "a\n\n: b"),
    "delimiters of numbers": ("1. a\n2. b", "1) a\n2) b"),
    "numbers after the first": ("1. a\n2. b", "1. a\n1. b"),
    "delimiters of emphasis": ("*a* __b__", "_a_ **b**"),
    "order of emphasis": ("***a***", "_**a**_"),
    "emphasis with a blank in it": ("**a b**", "**a** **b**"),
    "wrapped lines": ("> a b\n> c", "> a\nb\nc"),
    "wrapped items": ("- a b c", "- a\n  b\n  c"),
    "levels that pages cannot tell apart": ("# a", "## a"),
    "names of footnotes": ("a[^x]\n\n[^x]: b", "a[^1]\n\n[^1]: b"),
    "padding of tables": ("| a | b |\n|---|---|\n| c | d |", "|a|b|\n|-|-|\n|c|d|"),
    "alignment of columns": ("| a | b |\n|---|---|\n| c | d |", "| a | b |\n|:-:|--:|\n| c | d |"),
    "fences": ("```\na\n```", "~~~text\na\n~~~"),
    "addresses of links": ("[a](https://x.no/)", '[a](<https://x.no/> "x")'),
}


def read_form(source: str):
    return build_canonical_section("T", parse_markdown(source, "om", "nb"))


@pytest.mark.parametrize(("one", "other"), OTHER_FORMS.values(), ids=OTHER_FORMS)
def test_what_readers_see_is_another_form_of_the_same_words(one, other):
    assert read_form(one) != read_form(other)
    assert have_same_words(parse_markdown(one, "om", "nb"), parse_markdown(other, "om", "nb"))


@pytest.mark.parametrize(("one", "other"), SAME_FORMS.values(), ids=SAME_FORMS)
def test_what_readers_do_not_see_leaves_no_trace(one, other):
    assert read_form(one) == read_form(other)
    # So they have the same policy.txt, whose hash stays.
    assert render_text(parse_markdown(one, "om", "nb")) == render_text(parse_markdown(other, "om", "nb"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a b", "ab"),
        ("**a**b", "a b"),
        ("a", "a b"),
        ("[a](https://x.no/)", "a"),
        ("[a](https://x.no/) b", "a [b](https://x.no/)"),
        ("- a\n- b", "- b\n- a"),
    ],
)
def test_other_words_or_links_are_more_than_another_form(one, other):
    assert not have_same_words(parse_markdown(one, "om", "nb"), parse_markdown(other, "om", "nb"))


_WORD = st.sampled_from(["navn", "3", "**e-post**", "*du*", "`kode`", "[side](https://x.no/)", "a[^1]", "å,"])
_LINE = st.lists(_WORD, min_size=1, max_size=5).map(" ".join)
_PREFIX = st.sampled_from(
    ["", "- ", "  - ", "1. ", "2. ", "> ", "## ", "### ", ": ", "  ", "    ", "| ", "\\\n"]
)
_MARKDOWN = st.lists(st.tuples(_PREFIX, _LINE, st.sampled_from(["\n", "\n\n", "\\\n"])), max_size=8).map(
    lambda lines: "".join("".join(line) for line in lines) + "\n\n[^1]: note\n"
)


@settings(max_examples=300)
@given(_MARKDOWN)
def test_a_page_has_the_form_of_its_blocks(source):
    blocks = parse_markdown(source, "om", "nb")
    assert tuple(read_canonical_blocks(render_html(blocks, REDLINE_LABELS))) == read_form(source).children[1:]
