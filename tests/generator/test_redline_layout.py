"""A redline on its page: which blocks stay in sight, where counters stand, and what is only named."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given

from changelog.redline import compute_redline
from generator import redline_views
from generator.rendering import Renderer
from generator.template_files import TemplateFiles
from policy.document import Document, RenderedSection
from policy.markdown import parse_markdown
from tests.changelog.test_redline import edits
from tests.helpers.factories import property_settings

RENDERER = Renderer(TemplateFiles(Path(__file__).parents[2] / "templates"))
NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
# Long enough that two of them are worth collapsing, and unlike each other.
LONG = [" ".join(f"{number}{n}" for n in range(25)) for number in NUMBERS]


def create_document(body: str) -> Document:
    """Create a document of one section."""
    return Document("en", (RenderedSection("a", 1, "Title", "en", (), parse_markdown(body, "a")),))


def render(old: str, new: str) -> str:
    """Return the one section of a redline, with a number sign for each counter."""
    redline = compute_redline(create_document(old), create_document(new), {})
    (section,) = redline_views.render_section_redlines(RENDERER, "en", redline)
    return "#".join(section.parts)


class _SeenText(HTMLParser):
    """The text of a page outside of collapsed elements, and the summaries of these."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self._open: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self._open.append("hidden" if ("class", "visually-hidden") in attrs else tag)
        self.text += " " if tag in {"p", "li", "td", "th", "h3", "details", "dt", "dd", "h2"} else ""

    def handle_endtag(self, _):
        self._open.pop()

    def handle_data(self, data):
        if "hidden" not in self._open and ("details" not in self._open or "summary" in self._open):
            self.text += data


def see(old: str, new: str) -> list[str]:
    """Return what is seen of a section below its title, each word of LONG by its first one only."""
    text = _SeenText(render(old, new)).text.replace("#", " # ")
    words = [re.sub(r"(?<=[a-z])\d+$", "", word) for word in text.split()][1:]
    return [word for number, word in enumerate(words) if word not in NUMBERS or word != words[number - 1]]


def join(*blocks: str) -> str:
    return "\n\n".join(blocks)


def test_unchanged_paragraphs_collapse_but_for_the_one_before_and_the_one_after():
    old = join(*LONG[:4], "It costs one crown.", *LONG[4:8])
    assert see(old, old.replace("crown", "pound")) == (
        [
            "3",
            "unchanged",
            "paragraphs",
            "four",
            "#",
            "It",
            "costs",
            "one",
            "crown.",
            "pound.",
            "five",
            "3",
            "unchanged",
            "paragraphs",
        ]
    )


def test_a_short_passage_is_not_collapsed():
    old = join("A short one.", LONG[0], "It costs one crown.")
    assert "details" not in render(old, old.replace("crown", "pound"))


def test_the_nearest_heading_above_a_change_stays_in_sight():
    old = join("## First", *LONG[:3], "## Second", *LONG[3:6], "It costs one crown.")
    assert see(old, old.replace("crown", "pound")) == (
        [
            "3",
            "unchanged",
            "paragraphs",
            "Second",
            "2",
            "unchanged",
            "paragraphs",
            "six",
            "#",
            "It",
            "costs",
            "one",
            "crown.",
            "pound.",
        ]
    )


def test_a_numbered_list_keeps_its_numbers_where_it_is_split():
    items = [f"{n}. {text}" for n, text in enumerate(LONG[:9], start=3)]
    old = "\n".join(items)
    new = old.replace("five3 ", "changed ")
    html = render(old, new)
    assert re.findall(r'<ol start="(\d+)">', html) == ["3", "6", "9"]
    assert "3 unchanged items" in html
    assert re.sub("<[^>]*>", "", html).split().count("one1") == 1


def test_the_first_words_of_an_item_stay_in_sight_with_a_change_inside_it():
    inner = "".join(f"  - {text}\n" for text in LONG[:5])
    after = "".join(f"- {text}\n" for text in LONG[6:9])
    old = f"- {LONG[5]}\n- Head of the list:\n{inner}  - It costs one crown.\n{after}"
    assert see(old, old.replace("crown", "pound")) == [
        "six",
        "Head",
        "of",
        "the",
        "list:",
        "4",
        "unchanged",
        "items",
        "five",
        "#",
        "It",
        "costs",
        "one",
        "crown.",
        "pound.",
        "seven",
        "2",
        "unchanged",
        "items",
    ]


def test_the_head_of_a_table_stays_in_sight_and_its_rows_are_in_order():
    rows = [f"| {text} | {n} |" for n, text in enumerate(LONG[:10])]
    old = "\n".join(["| What | How |", "|---|---|", *rows])
    html = render(old, old.replace("| 6 |", "| 66 |"))
    assert see(old, old.replace("| 6 |", "| 66 |")) == (
        [
            "What",
            "How",
            "5",
            "unchanged",
            "rows",
            "six",
            "5",
            "#",
            "seven",
            "6",
            "66",
            "eight",
            "7",
            "2",
            "unchanged",
            "rows",
        ]
    )
    assert html.count('<table class="part">') == 4
    assert html.count("<thead>") == 1
    numbers = re.findall(r"<td>(\d)</td>", html)
    assert numbers == sorted(numbers)


def test_a_term_stays_with_its_definition():
    old = "\n\n".join(f"Term {n}\n: {text}" for n, text in enumerate(LONG[:6]))
    html = render(old, old.replace("six3 ", "changed "))
    for definitions in re.findall(r"<dl>(.*?)</dl>", html):
        assert definitions.startswith("<dt>")
        assert definitions.endswith("</dd>")
    assert "<summary" in html


def test_a_passage_inside_a_quotation_collapses_too():
    old = "\n>\n".join(f"> {text}" for text in [*LONG[:4], "It costs one crown."])
    assert "<blockquote><details" in render(old, old.replace("crown", "pound"))


def test_each_change_has_one_counter_in_its_first_block():
    old = join(
        LONG[0], "It costs one crown.", LONG[1], "| a | b |\n|---|---|\n| c | d |", LONG[2], "Goodbye."
    )
    html = render(old, old.replace("crown", "pound").replace("d |", "e |").replace("Goodbye.", ""))
    assert html.count("#") == 3
    assert '<p><span class="helper">#</span>It costs' in html
    assert '<td><span class="helper">#</span>c</td>' in html


def test_a_changed_title_has_its_counter_in_the_heading():
    old = Document("en", (RenderedSection("a", 1, "Old title here", "en", (), ()),))
    new = Document("en", (RenderedSection("a", 1, "New title here", "en", (), ()),))
    (section,) = redline_views.render_section_redlines(RENDERER, "en", compute_redline(old, new, {}))
    assert '<h2 data-number="1"><span class="helper">' in section.parts[0]
    assert len(section.parts) == 2


def test_the_sections_of_a_section_that_was_split_say_so_and_collapse():
    def create_section(name: str, title: str, body: str) -> RenderedSection:
        return RenderedSection(name, 1, title, "en", (), parse_markdown(body, name))

    first, second = join(*LONG[:5]), join(*LONG[5:10])
    old = Document("en", (create_section("a", "A title", join(first, "## Another title", second)),))
    new = Document(
        "en", (create_section("a", "A title", first), create_section("b", "Another title", second))
    )
    sections = redline_views.render_section_redlines(RENDERER, "en", compute_redline(old, new, {}))
    for section in sections:
        assert len(section.parts) == 2
        assert '<span class="helper label">divided differently</span></h2>' in section.parts[1]
        assert "4 unchanged paragraphs" in section.parts[1]


@property_settings
@given(edits())
def test_no_marked_word_is_ever_collapsed(pair):
    old, new = pair
    for section in redline_views.render_section_redlines(RENDERER, "nb", compute_redline(old, new, {})):
        for inside in re.findall(r"<details.*?</details>", "".join(section.parts), re.DOTALL):
            assert "<ins" not in inside
            assert "<del" not in inside


@pytest.mark.parametrize(
    ("old", "new", "attribute"),
    [
        ("See [us](/a).", "See [us](/b).", "has_only_other_links"),
        ("- one\n- two", "1. one\n2. two", "has_only_other_form"),
    ],
)
def test_a_redline_of_links_or_form_alone_says_so(old, new, attribute):
    redline = compute_redline(create_document(old), create_document(new), {})
    sections = redline_views.render_section_redlines(RENDERER, "en", redline)
    assert getattr(redline_views.build_redline_view("1.0", "1.1", sections), attribute)


@pytest.mark.parametrize(
    ("old", "new", "marks"),
    [
        ("We sell.", "We sell. We buy.", (True, False)),
        ("We sell. We buy.", "We sell.", (False, True)),
        ("We sell.", "We buy.", (True, True)),
        ("We sell.", "We **sell**.", (False, False)),
    ],
)
def test_the_legend_names_the_marks_that_are_on_the_page(old, new, marks):
    redline = compute_redline(create_document(old), create_document(new), {})
    sections = redline_views.render_section_redlines(RENDERER, "en", redline)
    view = redline_views.build_redline_view("1.0", "1.1", sections)
    assert (view.has_insertions, view.has_deletions) == marks


def test_a_section_whose_title_stands_elsewhere_is_neither_new_nor_removed():
    texts = [f"Dette er avsnitt nummer {number} om at vi lagrer data i {number} år." for number in range(4)]
    (first, *others) = [parse_markdown(text) for text in texts]
    intro = RenderedSection("x", 1, "Innledning", "nb", (), parse_markdown("Noe helt annet."))
    old = Document("nb", (intro, create_section("a", "Lagring", first, *others)))
    new = Document(
        "nb",
        (intro, create_section("n", "Ny", first, *others[:2]), create_section("a", "Lagring", others[2])),
    )
    sections = redline_views.render_section_redlines(RENDERER, "nb", compute_redline(old, new, {}))
    touched = {
        section.name: section.label
        for section in redline_views.list_touched_sections(RENDERER, "nb", sections)
    }
    assert touched == {"Innledning": "", "Ny": "ny del", "Lagring": ""}


def create_section(section_id: str, title: str, *texts) -> RenderedSection:
    return RenderedSection(section_id, 2, title, "nb", (), tuple(block for text in texts for block in text))
