"""A redline is truthful, whatever was edited."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from dataclasses import replace
from itertools import combinations, permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changelog import redline, redline_comparison, redline_units, redline_words
from changelog.redline import compute_redline
from changelog.redline_changes import UnitState, list_units
from changelog.redline_forms import FormChange
from changelog.redline_helpers import HelperWords, add_helper_words
from changelog.redline_sections import RedlineKind
from changelog.redline_text import format_line
from changelog.section_ids import find_touched_sections, map_to_current_ids
from policy.blocks import NO_LABELS, Block, TextRun, extract_words, iter_leaves, render_html
from policy.document import Document, RenderedSection
from policy.markdown import parse_markdown
from tests.helpers.factories import REDLINE_LABELS, ParsedHtml
from tests.helpers.long_tests import choose_examples

_WORDS = st.sampled_from("vi deler ikke data med andre uten at du har sagt ja til det, og aldri mer.".split())  # noqa: SIM905 - a sentence is easier to read
_SENTENCE = st.lists(_WORDS, min_size=1, max_size=9).map(" ".join)
_LOOK = st.sampled_from(
    [
        "{}",
        "**{}** x",
        "a *{}* b",
        "`{}`",
        "[{}](https://a.no/)",
        "[{}](https://b.no/)",
        "{}  \nny linje",
        "{}[^1]",
        "x[^1]{}",
    ]
)
_INLINE = st.builds(str.format, _LOOK, _SENTENCE)
_BLOCK = st.one_of(
    _INLINE,
    _INLINE,
    st.builds("## {}".format, _SENTENCE),
    st.builds("> {}\n>\n> {}".format, _INLINE, _INLINE),
    st.lists(_SENTENCE, min_size=1, max_size=4).map(lambda items: "\n".join(f"- {item}" for item in items)),
    st.builds(
        "1. {}\n   - {}\n   - {}\n2. {}".format,
        _SENTENCE,
        _SENTENCE,
        _SENTENCE,
        _INLINE.map(lambda x: x.split("\n")[0]),
    ),
    st.lists(_SENTENCE, min_size=1, max_size=3).map(
        lambda rows: "| a | b |\n|---|---|\n" + "\n".join(f"| {row} | {len(row)} |" for row in rows)
    ),
    st.builds("```\n{}\n  {}\n```".format, _SENTENCE, _SENTENCE),
    st.builds("ord\n: {}\n: {}".format, _SENTENCE, _SENTENCE),
    st.just("---"),
    st.just("-"),
    st.just("![](https://a.no/x.png)"),
)
_BODY = st.lists(_BLOCK, max_size=5)
_NAMES = ["a", "b", "c", "d", "e"]


def create_document(
    bodies: dict[str, list[str]], aliases: dict[str, tuple[str, ...]] | None = None
) -> Document:
    """Return a document with these sections, by id, in order."""
    return Document(
        "nb",
        tuple(
            RenderedSection(
                name,
                number,
                f"Om {name}",
                "nb",
                (aliases or {}).get(name, ()),
                parse_markdown("\n\n".join([*body, "[^1]: En note her"]), name),
            )
            for number, (name, body) in enumerate(bodies.items(), start=1)
        ),
    )


@st.composite
def edits(draw) -> tuple[Document, Document]:
    """Draw a document and an edit of it: sections and blocks moved, added, removed, renamed, reworded."""
    pool = draw(st.lists(_BLOCK, min_size=2, max_size=6))
    body = st.lists(st.sampled_from(pool) | _BLOCK, max_size=5)
    old = {name: draw(body) for name in draw(st.permutations(_NAMES))[: draw(st.integers(1, 4))]}
    new = {}
    for name in draw(st.permutations(_NAMES))[: draw(st.integers(1, 5))]:
        kept = old.get(name, [])
        new[name] = draw(st.one_of(st.just(kept), st.permutations(kept), body, st.just([*kept, *draw(body)])))
    aliases = {}
    gone = [name for name in old if name not in new]
    come = [name for name in new if name not in old]
    if gone and come and draw(st.booleans()):
        aliases[come[0]] = tuple(gone)
        new[come[0]] = old[gone[0]]
    return create_document(old), create_document(new, aliases)


def compare(old: Document, new: Document):
    return compute_redline(old, new, map_to_current_ids([new], {}))


def _list_leaves(blocks) -> list[list[str]]:
    """Return the words of each leaf that has any."""
    leaves = ([word.key for word in redline_words.split_words(leaf.runs)] for leaf in iter_leaves(blocks))
    return [words for words in leaves if words]


def _keys(blocks) -> list[str]:
    return [key for leaf in _list_leaves(blocks) for key in leaf]


def _without(blocks, mark: str) -> tuple[Block, ...]:
    """Return the leaves without the words of one mark, and without what is not at this place."""
    left_out = UnitState.MOVED_HERE if mark == "ins" else UnitState.MOVED_AWAY
    return tuple(
        replace(leaf, runs=tuple(run for run in leaf.runs if mark not in run.marks))
        for unit in list_units((), blocks)
        if unit.state is not left_out
        for leaf in iter_leaves((unit.block,))
    )


def _blocks_without(found, mark: str) -> list[Block]:
    """Return what a whole redline shows of one of its documents."""
    left_out = RedlineKind.MOVED_HERE if mark == "ins" else RedlineKind.MOVED_AWAY
    return [
        leaf
        for change in found
        if change.kind is not left_out
        for leaf in _without((Block("h2", runs=change.title), *change.blocks), mark)
    ]


def _keys_without(found, mark: str) -> list[str]:
    return _keys(_blocks_without(found, mark))


def _list_blocks(text: Document) -> list[Block]:
    return [
        block for part in text.sections for block in (Block("h2", runs=(TextRun(part.title),)), *part.blocks)
    ]


def _words(text: Document) -> list[str]:
    return _keys(_list_blocks(text))


def _marks(found) -> set[str]:
    every = (
        leaf for change in found for leaf in (Block("text", runs=change.title), *iter_leaves(change.blocks))
    )
    return {mark for leaf in every for run in leaf.runs for mark in run.marks if mark in {"ins", "del"}}


@choose_examples(20, 80)
@given(edits())
def test_without_deletions_it_is_the_new_text_and_without_insertions_the_old(pair):
    old, new = pair
    found = compare(old, new)
    assert _keys_without(found, "del") == _words(new)
    assert _keys_without(found, "ins") == _words(old)


@choose_examples(20, 80)
@given(edits())
def test_without_deletions_each_block_and_cell_has_its_new_words(pair):
    old, new = pair
    assert _list_leaves(_blocks_without(compare(old, new), "del")) == _list_leaves(_list_blocks(new))


@choose_examples(20, 80)
@given(edits())
def test_a_former_link_is_that_of_the_old_text(pair):
    old, new = pair
    found = _blocks_without(compare(old, new), "ins")
    former = [
        (letter, run.href if run.former_href is None else run.former_href)
        for run in _list_text_runs(found)
        for letter in "".join(run.text.split())
    ]
    actual = [
        (letter, run.href)
        for run in _list_text_runs(_list_blocks(old))
        for letter in "".join(run.text.split())
    ]
    assert former == actual


def _list_text_runs(blocks) -> list[TextRun]:
    return [run for leaf in iter_leaves(blocks) for run in leaf.runs if "footnote" not in run.marks]


@choose_examples(20, 80)
@given(edits())
def test_the_same_is_true_of_its_html(pair):
    old, new = pair
    found = compare(old, new)
    for text, without in ((new, "del"), (old, "ins")):
        # The text of a list item stands in its <li>, which is not among these leaves.
        leaves = [
            replace(leaf, tag="p") if leaf.tag == "text" else leaf for leaf in _blocks_without(found, without)
        ]
        page = render_html(leaves, REDLINE_LABELS)
        expected = [
            word for part in text.sections for word in (*part.title.split(), *extract_words(part.blocks))
        ]
        assert ParsedHtml(page, without).words == expected


@choose_examples(20, 80)
@given(edits())
def test_its_html_is_well_formed_and_its_ids_are_unique(pair):
    found = compare(*pair)
    page = "".join(_render((Block("p", runs=change.title), *change.blocks)) for change in found)
    seen = ParsedHtml(page)
    ids = [attrs["id"] for _, attrs in seen.tags if "id" in attrs]
    assert len(set(ids)) == len(ids)
    for outer in ("<tr", "<ul", "<ol", "<table", "<tbody", "<thead", "<dl"):
        assert not any(rest.partition(">")[2].startswith("<span") for rest in page.split(outer)[1:])


@choose_examples(20, 80)
@given(edits())
def test_equal_texts_have_no_marks_and_different_ones_do(pair):
    old, new = pair
    assert not _marks(compare(old, old))
    assert [change.kind for change in compare(old, old)] == ["same"] * len(old.sections)
    assert bool(_marks(compare(old, new))) >= (_words(old) != _words(new))


@choose_examples(20, 80)
@given(edits())
def test_the_redline_backwards_is_as_truthful(pair):
    old, new = pair
    found = compute_redline(new, old, {b: a for a, b in map_to_current_ids([new], {}).items()})
    assert _keys_without(found, "ins") == _words(new)
    assert _keys_without(found, "del") == _words(old)


@choose_examples(20, 80)
@given(edits(), _BODY)
def test_what_changed_since_a_version_is_what_its_steps_changed_together(pair, body):
    first, second = pair
    third = create_document({"ny": body})
    steps = [compare(first, second), compare(second, third)]
    whole = compute_redline(first, third, map_to_current_ids([third, second], {}))
    assert _keys_without(whole, "ins") == _keys_without(steps[0], "ins")
    assert _keys_without(whole, "del") == _keys_without(steps[1], "del")
    assert _keys_without(steps[0], "del") == _keys_without(steps[1], "ins")


_WORDS_OF_HELPERS = HelperWords(
    moved_here="hit",
    moved_away="herfra",
    link_changed="[{new}, før {old}]",
    forms=dict.fromkeys(FormChange, "form"),
)


def _merged(old: str, new: str) -> str:
    found = redline_comparison.merge_blocks(parse_markdown(old), parse_markdown(new))
    return _render(found)


def _render(blocks) -> str:
    page = render_html(add_helper_words(blocks, _WORDS_OF_HELPERS), NO_LABELS)
    return re.sub(r'<span class="helper">(.*?)</span>', r"\1", page)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("a b c d", "a b x d", "<p>a b <del>c</del> <ins>x</ins> d</p>"),
        ("a b c d", "a **b** *c* d", "<p>[form, form] a <strong>b</strong> <em>c</em> d</p>"),
        ("a `b` c", "a b c", "<p>[form] a b c</p>"),
        ("a b", "a  \nb", "<p>[form] a<br>b</p>"),
        ("[a](x) b c", "[a](y) b c", '<p><a href="y">a</a> [y, før x] b c</p>'),
        ("a b c d e f g", "a b c d e f\n\n---", "<p>a b c d e f <del>g</del></p><hr>"),
        ("Vi deler: navn og kjønn", "Vi deler:\n\n- navn\n- og kjønn",
         "<p>Vi deler:</p><ul><li>[form] navn</li><li>og kjønn</li></ul>"),
        ("- en to tre fire", "1. ni ti\n2. en to tre fire",
         "<ol><li><ins>ni ti</ins></li><li>[form] en to tre fire</li></ol>"),
        ("en to tre fire\n\n---\n\nfem seks sju åtte", "---\n\nen to tre fire\n\nfem seks sju åtte",
         "<hr><p>en to tre fire</p><hr><p>fem seks sju åtte</p>"),
        ("a b c\n\nd e f", "- a b\n- d e f", "<ul><li>[form] a b <del>c</del></li><li>d e f</li></ul>"),
        ("- a b\n- c d", "- a b\n- x y\n- c d", "<ul><li>a b</li><li><ins>x y</ins></li><li>c d</li></ul>"),
    ],
)  # fmt: skip
def test_an_edit_shows_as_a_reader_would_mark_it(old, new, expected):
    assert _merged(old, new) == expected


def test_another_place_of_a_footnote_is_another_form():
    assert "<del>" not in _merged("a[^1] b\n\n[^1]: n", "a b[^1]\n\n[^1]: n")


_TABLE = "| hva | lenge |\n|---|---|\n"


@pytest.mark.parametrize(
    ("old", "new", "rows"),
    [
        ("| a | 1 år |\n", "| a | 1 år |\n| b | 2 år |\n", ["a|1 år", "<ins>b</ins>|<ins>2 år</ins>"]),
        ("| a | 1 år |\n| b | 2 år |\n", "| b | 2 år |\n", ["<del>a</del>|<del>1 år</del>", "b|2 år"]),
        ("| a | 1 år |\n", "| a | 2 år |\n", ["a|<del>1</del> <ins>2</ins> år"]),
    ],
)
def test_a_row_inserted_deleted_or_changed_shows_in_its_cells(old, new, rows):
    body = _merged(_TABLE + old, _TABLE + new).partition("<tbody>")[2].partition("</tbody>")[0]
    found = [row.replace("</td><td>", "|").removeprefix("<td>") for row in body.split("<tr>")[1:]]
    assert [row.removesuffix("</td></tr>") for row in found] == rows


_SENTENCE_OF_MOVES = "Vi lagrer kjøpshistorikken din i {} etter siste kjøp."


def _describe(found) -> list[tuple[str, str]]:
    """Return state and text of each unit of a redline that is not unchanged, with its marks in brackets."""
    return [
        (unit.state.name, format_line([run for leaf in iter_leaves((unit.block,)) for run in leaf.runs]))
        for change in found
        for unit in change.units
        if unit.state is not UnitState.UNCHANGED
    ]


def test_a_moved_block_shows_at_its_new_place_what_changed_in_it():
    old, new = _SENTENCE_OF_MOVES.format("2 år"), _SENTENCE_OF_MOVES.format("9 år")
    others = ["Vi deler ingenting med noen andre enn banken.", "Du kan når som helst be om å få alt slettet."]
    found = compare(create_document({"a": [old, *others]}), create_document({"a": [*others, new]}))
    assert _describe(found) == [
        ("MOVED_AWAY", f"[-{old}-]"),
        ("MOVED_HERE", _SENTENCE_OF_MOVES.format("[-2-] {+9+} år")),
    ]


def test_a_block_moved_to_another_section_shows_what_changed_in_it():
    old, new = _SENTENCE_OF_MOVES.format("2 år"), _SENTENCE_OF_MOVES.format("9 år")
    rest = "Dette avsnittet er mye lengre enn det andre og blir stående der det alltid har stått."
    found = compare(
        create_document({"a": [old, rest], "b": [f"{rest} Ja."]}),
        create_document({"a": [rest], "b": [f"{rest} Ja.", new]}),
    )
    assert _describe(found) == [
        ("MOVED_AWAY", f"[-{old}-]"),
        ("MOVED_HERE", _SENTENCE_OF_MOVES.format("[-2-] {+9+} år")),
    ]


def test_a_moved_section_shows_what_changed_in_it():
    long = [f"{number} dette er et langt avsnitt som ikke flytter på seg" for number in ("En", "To")]
    old = create_document({"a": [_SENTENCE_OF_MOVES.format("2 år")], "b": long, "c": ["Noe."]})
    new = create_document({"b": long, "c": ["Noe."], "a": [_SENTENCE_OF_MOVES.format("9 år")]})
    found = compare(old, new)
    assert [(change.section.id, change.kind.value) for change in found] == [
        ("a", "moved-away"), ("b", "same"), ("c", "same"), ("a", "moved-here"),
    ]  # fmt: skip
    assert ("CHANGED", _SENTENCE_OF_MOVES.format("[-2-] {+9+} år")) in _describe(found)
    assert found[0].move_key == found[-1].move_key != ""


def test_a_section_that_is_split_keeps_its_words_unmarked():
    blocks = [f"Avsnitt nummer {number} om noe helt annet enn {number * 7}." for number in range(9)]
    old = create_document({"a": blocks})
    new = create_document({"b": blocks[:3], "a": blocks[3:6], "c": blocks[6:]})
    assert [line for _, line in _describe(compare(old, new))] == ["{+Om b+}", "{+Om c+}"] or [
        line for _, line in _describe(compare(old, new))
    ] == ["[-Om a-]", "{+Om b+}", "{+Om a+}", "{+Om c+}"]


def test_a_section_that_was_renamed_without_an_alias_keeps_its_words_unmarked():
    blocks = ["Vi lagrer navnet ditt så lenge du er kunde.", "Vi sletter det etterpå."]
    found = compare(create_document({"a": blocks}), create_document({"b": blocks}))
    assert [(change.section.id, change.kind.value) for change in found] == [("b", "changed")]
    assert [line for _, line in _describe(found)] == ["Om [-a-] {+b+}"]


def test_merged_sections_keep_their_words_unmarked():
    one, two = ["Vi lagrer navnet ditt så lenge du er kunde."], ["Vi sletter alt når du sier opp avtalen."]
    found = compare(create_document({"a": one, "b": two}), create_document({"a": [*one, *two]}))
    assert [line for _, line in _describe(found)] == ["[-Om b-]"]


@pytest.mark.parametrize("size", range(6))
def test_as_few_sections_as_possible_are_moved(size):
    names = _NAMES[:size]
    old = create_document({name: [] for name in names})
    for order in permutations(names):
        new = create_document({name: [] for name in order})
        moved = find_touched_sections(old, new, {}).moved
        rest = [name for name in order if name not in moved]
        assert rest == sorted(rest)
        some = (kept for count in range(size + 1) for kept in combinations(order, count))
        stayed = max(len(kept) for kept in some if list(kept) == sorted(kept))
        assert len(moved) == size - stayed


def test_sections_are_added_removed_changed_moved_or_renamed_by_their_ids():
    old = create_document({"a": ["x"], "b": ["y"], "c": ["z"], "d": ["v"]})
    new = create_document({"c": ["z"], "a2": ["x w"], "b": ["y"], "e": ["u"]}, {"a2": ("a",)})
    found = find_touched_sections(old, new, map_to_current_ids([new], {}))
    assert (found.added, found.removed, found.changed, found.moved) == (("e",), ("d",), ("a2",), ("c",))
    kinds = [(change.section.id, change.kind) for change in compare(old, new)]
    assert kinds == [
        ("c", "moved-here"),
        ("a2", "changed"),
        ("b", "same"),
        ("c", "moved-away"),
        ("d", "removed"),
        ("e", "added"),
    ]


def test_of_two_merged_sections_none_is_lost():
    old, new = (
        create_document({"a": ["en to"], "b": ["tre fire"]}),
        create_document({"c": ["en to tre fire"]}, {"c": ("a", "b")}),
    )
    found = compare(old, new)
    assert [(change.section.id, change.kind) for change in found] == [("c", "changed"), ("b", "removed")]
    assert _keys_without(found, "ins") == _words(old)
    assert find_touched_sections(old, new, map_to_current_ids([new], {})).removed == ("b",)


def test_a_section_renamed_twice_is_followed_through_both_renames():
    texts = [create_document({"c": []}, {"c": ("b",)}), create_document({"b": []}, {"b": ("a",)})]
    assert map_to_current_ids(texts, {}) == {"a": "c", "b": "c"}


def test_a_cycle_of_aliases_ends():
    texts = [create_document({"a": []}, {"a": ("b",)}), create_document({"b": []}, {"b": ("a",)})]
    assert compute_redline(texts[1], texts[0], map_to_current_ids(texts, {}))


def _large(seed: int, size: int) -> list[str]:
    chance = random.Random(seed)
    return [" ".join(f"ord{chance.randrange(400)}" for _ in range(25)) for _ in range(size)]


_SHUFFLED = random.Random(3).sample(_large(1, 120), 120)


@pytest.mark.cases_in_ci
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n\n".join(_large(1, 120)), "\n\n".join(_SHUFFLED)),
        (" ".join(_large(1, 120)), " ".join(_SHUFFLED)),
        ("\n\n".join(_large(1, 120)), "\n\n".join(_large(2, 120))),
        (" ".join(_large(1, 120)), " ".join(_large(2, 120))),
        ("- a\n" * 1500, "- a\n- b\n" * 1500),
        ("a " * 4000, "a b " * 3000),
        (" ".join(_large(1, 900)), " ".join(_large(2, 900))),
    ],
    ids=["blocks", "sentences", "other blocks", "other sentences", "twins", "one word", "too long"],
)
def test_large_texts_with_little_in_common_have_a_truthful_redline(old, new):
    before, after = parse_markdown(old), parse_markdown(new)
    found = redline_comparison.merge_blocks(before, after)
    assert _keys(_without(found, "del")) == _keys(after)
    assert _keys(_without(found, "ins")) == _keys(before)


_PRINTS = """
from tests.changelog.test_redline import _large, compare, create_document
from policy.blocks import render_html
from tests.helpers.factories import REDLINE_LABELS
import hashlib
old = create_document({name: _large(n, 8) for n, name in enumerate("abcde")})
new = create_document({name: [*_large(n, 6), *_large(n + 1, 3)] for n, name in enumerate("ebacf")})
page = "".join(render_html(change.blocks, REDLINE_LABELS) for change in compare(old, new))
print(hashlib.sha256(page.encode()).hexdigest())
"""


@pytest.mark.long
def test_the_hash_seed_changes_nothing():
    root = Path(__file__).parents[2]
    prints = [
        subprocess.run(
            [sys.executable, "-c", _PRINTS],
            cwd=root,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(root)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "77")
    ]
    assert len(set(prints)) == 1
    assert prints[0].strip()


CACHED = [
    (redline, "compare_section"),
    (redline, "list_section_units"),
    (redline, "create_section_unit"),
    (redline_units, "split_words"),
    (redline_words, "split_words"),
]


def test_a_redline_is_the_same_without_caches(monkeypatch):
    old = create_document({name: _large(number, 4) for number, name in enumerate("abcde")})
    new = create_document({name: [*_large(n, 3), *_large(n + 1, 2)] for n, name in enumerate("ebacf")})
    with_caches = [(item.kind, item.title, item.blocks) for item in compare(old, new)]
    for module, name in CACHED:
        monkeypatch.setattr(module, name, getattr(module, name).__wrapped__)
    assert [(item.kind, item.title, item.blocks) for item in compare(old, new)] == with_caches


def test_a_deleted_item_stays_an_item_of_its_own():
    (found,) = compute_redline(
        create_document({"a": ["- Navnet ditt\n- Alderen din\n- Adressen din"]}),
        create_document({"a": ["- Navnet ditt\n- Adressen din"]}),
        {},
    )
    html = render_html(found.blocks, NO_LABELS)
    assert "<li>Navnet ditt</li><li><del>Alderen din</del></li><li>Adressen din</li>" in html


def test_what_did_not_move_with_its_section_is_deleted_there():
    long = [f"{number} dette er et langt avsnitt som ikke flytter på seg" for number in ("En", "To")]
    gone = "Denne setningen fantes bare i den gamle teksten om lagring."
    old = create_document({"a": [_SENTENCE_OF_MOVES.format("2 år"), gone], "b": long, "c": ["Noe."]})
    new = create_document({"b": long, "c": ["Noe."], "a": [_SENTENCE_OF_MOVES.format("2 år")]})
    away = compare(old, new)[0]
    assert away.kind is RedlineKind.MOVED_AWAY
    assert away.has_deletions
    assert [(unit.state.name, format_line(unit.block.runs)) for unit in away.units] == [
        ("MOVED_AWAY", "[-Om a-]"),
        ("MOVED_AWAY", f"[-{_SENTENCE_OF_MOVES.format('2 år')}-]"),
        ("DELETED", f"[-{gone}-]"),
    ]
    assert len(away.changes) == 2
