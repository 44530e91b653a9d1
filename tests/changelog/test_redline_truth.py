"""A redline is the new document without deletions and the old one without insertions, whatever was edited.

Both are read from the HTML, block by block, row by row and cell by cell, by docs/reference/redline.md alone.
"""

from __future__ import annotations

import pytest
from hypothesis import Phase, given, settings

from tests.helpers.long_tests import choose_examples
from tests.redline.documents import PolicyRepository
from tests.redline.generated_documents import edited_policies, tables
from tests.redline.judgements import Channel, judge_channel
from tests.redline.page_judgements import judge_cells, judge_collapsing, judge_empty_marks, judge_truth
from tests.redline.trials import make_edit

_RESHAPING = (
    "paragraph split",
    "paragraphs merged",
    "item nested",
    "paragraphs to list",
    "list to paragraphs",
    "section split",
    "sections merged",
)
_MOVING = (
    "paragraph moved",
    "paragraph moved and edited",
    "item moved",
    "table moved",
    "section moved",
    "section moved and edited",
    "paragraph moved to another section and edited",
)
_EDITS_OF_A_KIND = 12
# Each example is a commit: to find the smallest one that fails would take minutes.
_few_examples = settings(choose_examples(5, 25), phases=[Phase.explicit, Phase.generate])


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    return PolicyRepository(tmp_path_factory.mktemp("policies"))


def _check_truth(repository, drawn):
    old, new, keeps_units = drawn
    pages = repository.compare_policies(old, new)
    assert list(judge_truth(pages, keeps_units=keeps_units)) == []
    assert list(judge_cells(pages)) == []
    assert list(judge_empty_marks(pages)) == []
    assert list(judge_collapsing(pages)) == []


@_few_examples
@given(edited_policies())
def test_it_is_true_block_by_block(repository, drawn):
    _check_truth(repository, drawn)


@_few_examples
@given(edited_policies(("edit_rows", "edit_rows", "move_block", "delete_block"), tables()))
def test_it_is_true_row_by_row_and_cell_by_cell(repository, drawn):
    _check_truth(repository, drawn)


@_few_examples
@given(
    edited_policies(("move_block", "reorder_sections", "rename_section", "split_section", "edit_paragraph"))
)
def test_it_is_true_when_edited_blocks_move(repository, drawn):
    _check_truth(repository, drawn)


@_few_examples
@given(edited_policies(("split_paragraph", "merge_paragraphs", "nest_item", "split_section")))
def test_it_is_true_when_blocks_are_split_merged_and_nested(repository, drawn):
    _check_truth(repository, drawn)


def _judge_known_edit(repository, kind, number):
    edit = make_edit(kind, f"{kind} {number}")
    pages = repository.compare_policies(edit.old, edit.new)
    channel = Channel("page", pages.redline.units, pages.redline.helpers)
    return [*judge_channel(channel, edit.expected), *judge_truth(pages, keeps_units=edit.keeps_units)]


@pytest.mark.cases_in_ci(*(f"{kind}-0" for kind in _MOVING))
@pytest.mark.parametrize("number", range(_EDITS_OF_A_KIND))
@pytest.mark.parametrize("kind", _MOVING)
def test_what_moved_is_marked_as_moved_and_what_changed_in_it_inside(repository, kind, number):
    assert _judge_known_edit(repository, kind, number) == []


@pytest.mark.cases_in_ci(*(f"{kind}-0" for kind in _RESHAPING))
@pytest.mark.parametrize("number", range(_EDITS_OF_A_KIND))
@pytest.mark.parametrize("kind", _RESHAPING)
def test_words_that_only_change_their_container_are_not_marked(repository, kind, number):
    assert _judge_known_edit(repository, kind, number) == []
