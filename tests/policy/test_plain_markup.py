"""What is hashed of a text is what its page shows: the verifier reads the same from the page."""

from __future__ import annotations

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.blocks import LABEL_KEYS, Block, render_html, render_text
from policy.markdown import parse_markdown
from policy.plain_markup import render_plain_section
from tests.policy.frozen_markdown import read_cases
from verifier.html_reader import Element, parse_page
from verifier.plain_text import list_words
from verifier.texts import hash_sections, render_plain_markup

LABELS = {key: key for key in LABEL_KEYS}


def read_section(title: str, blocks: tuple[Block, ...]) -> Element:
    """Return the section as the verifier reads it from a page."""
    heading = f'<h2 data-number="1">{escape(title)}</h2>'
    html = f'<section id="s">\n<span id="old"></span>\n{heading}\n{render_html(blocks, LABELS)}\n</section>\n'
    (article,) = parse_page(f"<article>{html}</article>".encode()).children
    hash_sections(article)  # raises an error for what a text must not have
    (section,) = (child for child in article.children if isinstance(child, Element))
    return section


def assert_verifiable(source: str, locale: str) -> None:
    blocks = parse_markdown(source, "s", locale)
    section = read_section("A & 'B'", blocks)
    assert render_plain_markup(section) == render_plain_section("A & 'B'", blocks)
    assert list_words([section], with_targets=True) == ["A", "&", "'B'", *render_text(blocks).split()]


# A table of facts is filled in by the document.
CASES = [case for case in read_cases() if "table-placeholder" not in case.html]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.locale}-{case.source[:20].strip()}")
def test_the_verifier_reads_what_is_hashed(case):
    assert_verifiable(case.source, case.locale)


WORDS = ["a", "b", "**d**", "*e*", "`f  g`", "&amp;", "<b>", "http://p.no", "\u00a0", "\t", "  \n", "\\\n"]
LINKS = ["[h](x)", "[i *j* ](y)", "[](z)", "[m\u00a0](v)n", "[^1]", "\n[^1]: k", "\n[^2]: l", "[^2]"]
STARTS = ["\n", "\n\n", "- ", "1. ", "3. ", "> ", "# ", "```\n", "    ", ": o", "***", "__", "\n---\n"]
PIECES = st.sampled_from([*WORDS, *LINKS, *STARTS, "\n| a | b |\n|---|---|\n| c | d |\n"])


@given(st.lists(PIECES, max_size=25).map("".join), st.sampled_from(["nb", "en"]))
def test_the_verifier_reads_what_is_hashed_of_any_markdown(source, locale):
    assert_verifiable(source, locale)


def test_blanks_after_the_words_of_a_link_follow_its_target():
    assert render_text(parse_markdown("[a ](x)b")) == "a <x> b"
