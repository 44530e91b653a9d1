"""What is left out to compare faster changes no redline."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from changelog import redline
from changelog.redline import compare_section
from changelog.redline_likeness import STRONG_LIKENESS, compute_likeness, have_strong_ends
from changelog.redline_plain import merge_plain_texts
from changelog.redline_units import list_units
from changelog.redline_words import compare_words, join_words, split_words
from policy.blocks import Block, TextRun
from tests.helpers.factories import property_settings
from tests.redline.documents import render_policy
from tests.redline.generated_documents import TEXT, edited_policies

_LETTERS = st.text("ab .\n\u00a0", max_size=12)
_few_examples = settings(property_settings, max_examples=40)


@property_settings
@given(st.one_of(TEXT, _LETTERS), st.one_of(TEXT, _LETTERS))
def test_plain_texts_are_merged_as_any_others(old, new):
    before, after = (TextRun(old),), (TextRun(new),)
    merged = merge_plain_texts(before, after)
    if merged is None:
        assert any(not text or " ".join(text.split()) != text for text in (old, new))
    else:
        assert merged == join_words(compare_words(split_words(before), split_words(after)))


def test_only_plain_texts_are_merged_so():
    plain = (TextRun("we keep your name"),)
    others = [
        (),
        (TextRun("your"), TextRun(" name")),
        (TextRun("name", "https://example.no/"),),
        (TextRun("name", marks=("em",)),),
        (TextRun("name", former_href=""),),
        (TextRun("name", placeholder="email"),),
        (TextRun("your  name"),),
        (TextRun("your\nname"),),
        (TextRun(" name"),),
        (TextRun(""),),
    ]
    assert all(merge_plain_texts(plain, other) is None for other in others)
    assert all(merge_plain_texts(other, plain) is None for other in others)
    assert merge_plain_texts(plain, plain) == plain


@property_settings
@given(TEXT, TEXT, TEXT, st.sampled_from(["p", "h3"]))
def test_equal_ends_that_are_long_enough_make_texts_strongly_alike(end, before, after, tag):
    old, new = (
        list_units((Block(kind, runs=(TextRun(f"{end} … {middle} – {end}"),)),))[0]
        for kind, middle in (("p", before), (tag, after))
    )
    if have_strong_ends(old, new):
        assert compute_likeness(old, new) >= STRONG_LIKENESS


@_few_examples
@given(drawn=edited_policies())
def test_blocks_that_are_equal_at_the_ends_of_a_section_need_not_be_compared(drawn):
    old, new = (render_policy(policy).sections for policy in drawn[:2])
    pairs = [pair for pair in zip(old, new, strict=False) if not pair[0].looks_like(pair[1])]
    quickly = [compare_section.__wrapped__(*pair).redline for pair in pairs]
    count, redline.count_common_ends = redline.count_common_ends, lambda *_: (0, 0)
    try:
        slowly = [compare_section.__wrapped__(*pair).redline for pair in pairs]
    finally:
        redline.count_common_ends = count
    assert [(one.kind, one.title, one.blocks) for one in quickly] == [
        (one.kind, one.title, one.blocks) for one in slowly
    ]
