"""Helper words of a redline: what they say, where they stand, and that they stand once."""

from __future__ import annotations

import pytest

from changelog.redline_forms import FormChange
from changelog.redline_helpers import HelperWords, add_helper_words
from policy.blocks import Block, TextRun, iter_leaves, render_text

WORDS = HelperWords(
    deleted="[deleted:]",
    inserted="[added:]",
    replaced="[changed to:]",
    moved_here="moved here",
    moved_away="moved from here",
    link_changed="[to {new}, not {old}]",
    link_added="[link to {new}]",
    link_removed="[no link to {old}]",
    forms=dict.fromkeys(FormChange, "form"),
)


def create_leaf(text: str, tag: str = "p", **attrs: str) -> Block:
    """Create a leaf from `-deleted-`, `+inserted+` and other words."""
    runs = []
    for number, word in enumerate(text.split()):
        if number:
            runs.append(TextRun(" "))
        mark = {"-": ("del",), "+": ("ins",)}.get(word[0], ())
        runs.append(TextRun(word.strip("-+") if mark else word, marks=mark))
    return Block(tag, runs=tuple(runs), attrs=tuple(attrs.items()))


def create_table(*rows: tuple[str, ...]) -> Block:
    """Create a table with the text of each cell as in `create_leaf`."""
    return Block("table", tuple(Block("tr", tuple(create_leaf(cell, "td") for cell in row)) for row in rows))


def show(*blocks: Block) -> str:
    """Return all words of blocks with helper words, one line for each leaf."""
    leaves = iter_leaves(add_helper_words(blocks, WORDS))
    return "\n".join(" ".join("".join(run.text for run in leaf.runs).split()) for leaf in leaves)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("We keep -one- +two+ years.", "We keep one [changed to:] two years."),
        ("We keep it -for- -years- here.", "We keep it [deleted:] for years here."),
        ("We keep it +for+ +years+ here.", "We keep it [added:] for years here."),
        ("-one- +two+ or -more- +fewer+", "one [changed to:] two or more [changed to:] fewer"),
        ("+a+ -b-", "[added:] a [deleted:] b"),
        ("the same", "the same"),
    ],
)
def test_each_change_in_a_block_is_announced_once(text, shown):
    assert show(create_leaf(text)) == shown


def test_white_space_between_two_marks_of_a_kind_announces_nothing():
    runs = (TextRun("a", marks=("ins",)), TextRun(" "), TextRun("b", marks=("ins", "strong")))
    assert show(Block("p", runs=runs)) == "[added:] a b"


def test_neighbours_that_are_deleted_or_inserted_as_a_whole_are_announced_once():
    blocks = [create_leaf(text) for text in ("-a-", "-b-", "+c+", "+d+", "same", "+e+")]
    assert show(*blocks) == "[deleted:] a\nb\n[changed to:] c\nd\nsame\n[added:] e"


def test_a_whole_table_is_announced_once():
    assert show(create_table(("+a+", "+b+"), ("+c+", "+d+"))) == "[added:] a\nb\nc\nd"


def test_each_changed_cell_is_announced():
    rows = ("x", "+a+", "+b+"), ("+c+", "y", "z")
    assert show(create_table(*rows)) == "x\n[added:] a\n[added:] b\n[added:] c\ny\nz"


def test_the_label_of_a_section_announces_what_it_begins_with():
    blocks = [create_leaf(text) for text in ("+Title+", "+a+", "b", "+c+")]
    leaves = iter_leaves(add_helper_words(blocks, WORDS, "ins"))
    assert ["".join(run.text for run in leaf.runs) for leaf in leaves] == ["Title", "a", "b", "[added:] c"]


def test_a_moved_block_has_an_anchor_and_a_link_to_its_other_place():
    old = create_leaf("-kept- -for- -two- -years-", moved="away", move="k")
    new = create_leaf("kept for -two- +nine+ years", moved="here", move="k")
    away, here = add_helper_words((old, new), WORDS)
    assert away.attrs == (("class", "moved moved-away"), ("id", "_moved-k-from"))
    assert here.attrs == (("class", "moved moved-here"), ("id", "_moved-k"))
    assert away.runs[0] == TextRun("moved from here", "#_moved-k", ("helper",))
    assert here.runs[0] == TextRun("moved here", "#_moved-k-from", ("helper",))
    assert (
        show(old, new)
        == "moved from here kept for two years\nmoved here kept for two [changed to:] nine years"
    )


def test_a_moved_list_says_so_in_its_first_item():
    items = tuple(create_leaf(text, "li") for text in ("one", "two"))
    moved = Block("ul", items, attrs=(("moved", "here"), ("move", "k")))
    assert show(moved) == "moved here one\ntwo"


def test_a_moved_footnote_keeps_its_id():
    note = Block("li", (create_leaf("a note"),), attrs=(("id", "a-note-1"), ("moved", "here"), ("move", "k")))
    (added,) = add_helper_words((note,), WORDS)
    assert dict(added.attrs)["id"] == "a-note-1"
    assert dict(added.children[0].attrs)["id"] == "_moved-k"


@pytest.mark.parametrize(
    ("new", "old", "shown"),
    [
        ("/b", "/a", "See our policy [to /b, not /a] now"),
        ("/b", "", "See our policy [link to /b] now"),
        ("", "/a", "See our policy [no link to /a] now"),
    ],
)
def test_a_link_that_leads_elsewhere_is_explained_once_after_its_words(new, old, shown):
    link = (
        TextRun("our", new, former_href=old),
        TextRun(" "),
        TextRun("policy", new, ("strong",), former_href=old),
    )
    assert show(Block("p", runs=(TextRun("See "), *link, TextRun(" now")))) == shown


def test_changed_words_inside_a_link_that_leads_elsewhere_are_part_of_it():
    runs = (
        TextRun("our", "/b", former_href="/a"),
        TextRun(" "),
        TextRun("old", "/a", ("del",)),
        TextRun(" "),
        TextRun("new", "/b", ("ins",)),
        TextRun(" "),
        TextRun("policy", "/b", former_href="/a"),
        TextRun(" now"),
    )
    assert show(Block("p", runs=runs)) == "our old [changed to:] new policy [to /b, not /a] now"


def test_what_is_said_of_a_link_does_not_part_what_is_marked():
    runs = (
        TextRun("our", "/b", former_href="/a"),
        TextRun(" "),
        TextRun("old policy", "/a", ("del",)),
        TextRun(".", marks=("del",)),
    )
    assert show(Block("p", runs=runs)) == "our [deleted:] old policy. [to /b, not /a]"


@pytest.mark.parametrize(
    ("after", "shown"),
    [
        ("-vilkår gjelder", "Kjøps-vilkår [to /b, not /a] gjelder"),
        ("ene, og mer", "Kjøpsene [to /b, not /a], og mer"),
        (" og mer", "Kjøps [to /b, not /a] og mer"),
        ("loven", "Kjøpsloven [to /b, not /a]"),
    ],
)
def test_a_link_that_is_part_of_a_word_is_explained_after_the_word(after, shown):
    runs = (TextRun("Kjøps", "/b", former_href="/a"), TextRun(after))
    assert show(Block("p", runs=runs)) == shown


def test_two_links_in_one_word_are_explained_after_it():
    runs = (TextRun("Kjøps", "/b", former_href="/a"), TextRun("loven", "/c", former_href="/d"))
    assert show(Block("p", runs=(*runs, TextRun(" gjelder")))) == (
        "Kjøpsloven [to /b, not /a] [to /c, not /d] gjelder"
    )


def test_a_long_address_that_no_link_leads_to_any_more_is_a_link_to_the_whole_of_it():
    address = "https://example.no/terms/of/the/shop/for/members/and/guests"
    words = WORDS._replace(shortens_addresses=True)
    (added,) = add_helper_words(
        (Block("p", runs=(TextRun("Read", f"{address}/now", former_href=address),)),), words
    )
    assert [(run.text, run.href) for run in added.runs if "helper" in run.marks] == [
        (" ", ""), ("[to ", ""), ("example.no/…/guests/now", ""), (", not ", ""),
        ("example.no/…/guests", address), ("]", ""),
    ]  # fmt: skip


def test_two_links_side_by_side_are_explained_one_by_one():
    runs = (TextRun("one", "/b", former_href="/a"), TextRun(" "), TextRun("two", "/d", former_href="/c"))
    assert show(Block("p", runs=runs)) == "one [to /b, not /a] two [to /d, not /c]"


def test_another_form_is_said_before_the_first_words():
    items = (create_leaf("one", "li"), create_leaf("two", "li"))
    assert show(Block("ol", items, attrs=(("form", "numbers"),))) == "[form] one\ntwo"


def test_annotations_are_no_attributes():
    block = create_leaf("words", form="bold", continues="true")
    assert add_helper_words((block,), WORDS)[0].attrs == ()


def test_without_words_nothing_is_said():
    block = create_leaf("-one- +two+", moved="here", move="k", form="bold")
    (added,) = add_helper_words((block,), HelperWords())
    assert added.runs == block.runs


def test_a_deleted_item_does_not_shift_the_numbers_of_the_others():
    items = tuple(create_leaf(text, "li") for text in ("one", "-two-", "three"))
    (added,) = add_helper_words((Block("ol", items, attrs=(("start", "4"),)),), WORDS)
    assert [item.attrs for item in added.children] == [
        (("value", "4"),), (("class", "gone"),), (("value", "5"),),
    ]  # fmt: skip
    assert render_text((added,)).splitlines() == ["4. one", "5. [deleted:] two", "5. three"]


def test_a_list_without_a_deleted_item_has_no_numbers_of_its_own():
    items = tuple(create_leaf(text, "li") for text in ("one", "+two+"))
    (added,) = add_helper_words((Block("ol", items),), WORDS)
    assert [item.attrs for item in added.children] == [(), ()]


def test_an_empty_cell_stays_empty():
    assert show(create_table(("", "+a+"))) == "\n[added:] a"


def test_neighbours_that_moved_together_say_so_once():
    blocks = [create_leaf(text, moved="here", move="k") for text in ("one", "two")]
    assert show(*blocks) == "moved here one\ntwo"
    assert [dict(block.attrs).get("id") for block in add_helper_words(blocks, WORDS)] == ["_moved-k", None]


def test_each_change_of_form_is_said_beside_its_number():
    blocks = [create_leaf("one", form="bold"), create_leaf("two", form="bold"), create_leaf("three")]
    assert show(*blocks) == "[form] one\n[form] two\nthree"


def test_a_form_is_said_in_few_words():
    words = HelperWords(forms={"list": "now a list", "bold": "now bold", "split": "split"})

    def show_list(**attrs):
        items = (create_leaf("one", "li", **attrs), create_leaf("two", "li"))
        block = Block("ul", items, attrs=(("form", "list"),))
        return render_text(add_helper_words((block,), words))

    assert show_list() == "[now a list] one\ntwo"
    assert show_list(form="bold") == "[now a list, now bold] one\ntwo"
    assert show_list(form="split") == "[now a list] one\ntwo"
