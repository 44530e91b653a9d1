"""What a change consists of: words, links or form."""

from __future__ import annotations

import pytest

from changelog.kind_of_change import KindOfChange, combine_kinds, find_kind_of_change
from policy.document import Document, RenderedSection
from policy.markdown import parse_markdown

WORDS, LINKS, FORM, BOTH = KindOfChange


def create_documents(*bodies: str, title: str = "Del", locale: str = "nb") -> dict[str, Document]:
    sections = [
        RenderedSection(f"s{number}", number, title, locale, (), parse_markdown(body, f"s{number}"))
        for number, body in enumerate(bodies, start=1)
    ]
    return {locale: Document(locale, tuple(sections))}


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("Les [vilkårene](https://a.no/) først.", "Les [vilkårene](https://b.no/) først.", LINKS),
        ("Les vilkårene først.", "Les [vilkårene](https://b.no/) først.", LINKS),
        ("Les [vilkårene](https://a.no/) først.", "Les vilkårene først.", LINKS),
        ("Les [vilkårene](https://a.no/) først.", "Les [våre vilkår](https://b.no/) først.", WORDS),
        ("Vi lagrer\n\n- navn\n- alder", "Vi lagrer\n\n1. navn\n2. alder", FORM),
        ("Vi lagrer navn.", "Vi **lagrer** navn.", FORM),
        ("Vi lagrer navn. Det er alt.", "Vi lagrer navn.\n\nDet er alt.", FORM),
        ("Vi lagrer [navn](https://a.no/).", "Vi **lagrer** [navn](https://b.no/).", BOTH),
        ("Vi lagrer [navn](https://a.no/).", "Vi lagrer [**navn**](https://b.no/).", BOTH),
        ("- navn\n- alder", "- alder\n- navn", WORDS),
        ("| a | b |\n|---|---|\n| ja nei | |", "| a | b |\n|---|---|\n| ja | nei |", WORDS),
        ("Vi lagrer[^1] navn.\n\n[^1]: Note", "Vi lagrer navn.[^1]\n\n[^1]: Note", WORDS),
        ("Vi lagrer navn.", "Vi lagrer navn", WORDS),
        ("Vi lagrer\nnavn.", "Vi lagrer navn.", None),
    ],
)
def test_a_change_is_of_words_unless_readers_see_the_same_ones(before, after, kind):
    assert find_kind_of_change(create_documents(before), create_documents(after), {}) is kind


def test_another_title_or_section_or_language_is_a_change_of_words():
    before = create_documents("Vi lagrer navn.")
    others = [
        create_documents("Vi lagrer navn.", title="Annen del"),
        create_documents("Vi lagrer navn.", "Mer."),
        create_documents("Vi lagrer navn.", locale="nn"),
        before | create_documents("Vi lagrer navn.", locale="nn"),
    ]
    assert [find_kind_of_change(before, after, {}) for after in others] == [WORDS] * 4


def test_a_section_in_another_place_is_a_change_of_words():
    document = create_documents("En.", "To.")["nb"]
    turned = Document("nb", document.sections[::-1])
    assert find_kind_of_change({"nb": document}, {"nb": turned}, {}) is WORDS


def test_kinds_of_several_sections_count_together():
    assert combine_kinds([None, LINKS, None]) is LINKS
    assert combine_kinds([FORM, LINKS]) is BOTH
    assert combine_kinds([BOTH, FORM]) is BOTH
    assert combine_kinds([LINKS, WORDS]) is WORDS
    assert combine_kinds([None]) is None
