"""Words of a redline that are not the policy's: what happened to a block, a link or the form of a text.

They become runs of their own in the tree of blocks, so that whatever prints a redline only prints runs. What
everybody sees is marked `helper`, what only screen readers announce `visually-hidden`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, groupby
from string import Formatter
from typing import NamedTuple

from changelog.redline_addresses import shorten_addresses
from changelog.redline_changes import AWAY, CONTINUES, FORM, HERE, MOVE_KEY, MOVED, find_mark
from changelog.redline_forms import join_forms
from changelog.redline_words import DELETED, INSERTED, UNCHANGED, Mark
from policy.blocks import Block, Blocks, TextRun, iter_leaves

HELPER = "helper"
HIDDEN = "visually-hidden"
_ANNOTATIONS = {MOVED, MOVE_KEY, FORM, CONTINUES}


class HelperWords(NamedTuple):
    """The words in a reader's language; where one is empty, nothing is said.

    `deleted`, `inserted` and `replaced` are for screen readers: VoiceOver on macOS and Narrator announce
    neither del nor ins. `link_changed` has places for `{new}` and `{old}`, `link_added` for `{new}`,
    `link_removed` for `{old}`. `forms` say what became of a text, without brackets. With
    `shortens_addresses`, a shortened old address is a link to the whole.
    """

    deleted: str = ""
    inserted: str = ""
    replaced: str = ""
    moved_here: str = ""
    moved_away: str = ""
    link_changed: str = ""
    link_added: str = ""
    link_removed: str = ""
    forms: Mapping[str, str] = {}
    shortens_addresses: bool = False

    def describe_forms(self, forms: str) -> str:
        """Return changes of form, separated by spaces, in words."""
        return ", ".join(filter(None, (self.forms.get(form, "") for form in forms.split())))


def add_helper_words(blocks: Iterable[Block], words: HelperWords, announced: Mark = UNCHANGED) -> Blocks:
    """Return blocks with runs that say what their annotations mean, which are left out.

    Pass the title of a section as its first block: neighbours that are inserted or deleted as a whole are
    announced once, and not at all if the label of their section has `announced` it. A moved block gets the
    classes `moved` and `moved-here` or `moved-away`, the anchor of its place and a link to the other one.
    """
    writer = _HelperWriter(words, announced)
    return tuple(writer.add_to_block(block) for block in number_kept_items(blocks))


def create_move_anchor(key: str, place: str) -> str:
    """Return the id of one place of a move; `place` is HERE or AWAY."""
    return f"_moved-{key}-from" if place == AWAY else f"_moved-{key}"


def number_kept_items(blocks: Iterable[Block]) -> Blocks:
    """Return blocks in which deleted items of numbered lists do not shift the numbers of the others.

    A deleted item gets the class `gone`, the others their number.
    """
    return tuple(_number_kept_items(block) for block in blocks)


def _number_kept_items(block: Block) -> Block:
    if block.is_leaf:
        return block
    children = number_kept_items(block.children)
    is_numbered = any("value" in dict(child.attrs) for child in children)
    if block.tag == "ol" and not is_numbered and any(map(_is_gone, children)):
        number = int(dict(block.attrs).get("start", 1))
        items = []
        for child in children:
            attr = ("class", "gone") if _is_gone(child) else ("value", str(number))
            items.append(replace(child, attrs=(*child.attrs, attr)))
            number += attr[0] == "value"
        children = tuple(items)
    return replace(block, children=children) if children != block.children else block


def _is_gone(block: Block) -> bool:
    """Whether an item is not in the new text, at this place at least."""
    return dict(block.attrs).get(MOVED) == AWAY or _find_whole_mark(block) == DELETED


class _HelperWriter:
    """Adds words to blocks in order; it knows whether the block before was deleted or inserted."""

    def __init__(self, words: HelperWords, announced: Mark) -> None:
        self._words = words
        self._last: str = announced  # the mark of the whole block or row before, if all of it has one
        self._told_places: set[tuple[str, str]] = set()  # neighbours that moved together share a key

    def add_to_block(
        self, block: Block, lead: tuple[TextRun, ...] = (), form: str = "", *, is_told: bool = False
    ) -> Block:
        """Add words to a block, after those of `lead`.

        `form` and `is_told` are of its container: how its form changed, if nothing has said so yet, and
        whether a label has said that it moved away.
        """
        attrs = dict(block.attrs)
        place, key = attrs.get(MOVED, ""), attrs.get(MOVE_KEY, "")
        is_told, form = is_told or place == AWAY, join_forms(form, attrs.get(FORM, ""))
        own_key = "" if (place, key) in self._told_places else key
        lead = (*lead, *self._list_labels(place, key))
        own_attrs = tuple(pair for pair in block.attrs if pair[0] not in _ANNOTATIONS)
        if block.is_leaf:
            if words := self._words.describe_forms(form):
                lead = (*lead, *_create_label(f"[{words}]"))
            runs = (*lead, *self._add_to_runs(block, is_told=is_told))
            block = replace(block, attrs=own_attrs, runs=runs)
        else:
            # A cell of a changed row is announced by itself, whatever the one before it.
            is_alone = block.tag == "tr" and not is_told and not _find_whole_mark(block)
            children: list[Block] = []
            for child in block.children:
                self._last = UNCHANGED if is_alone else self._last
                children.append(self.add_to_block(child, lead, form, is_told=is_told))
                lead, form = (), ""
            self._last = UNCHANGED if is_alone else self._last
            block = replace(block, attrs=own_attrs, children=tuple(children))
        return _set_move_attrs(block, place, own_key) if place else block

    def _list_labels(self, place: str, key: str) -> Iterator[TextRun]:
        """Yield the label of a block that moved."""
        if place and (place, key) not in self._told_places:
            words, other = (self._words.moved_here, AWAY) if place == HERE else (self._words.moved_away, HERE)
            yield from _create_label(words, key and f"#{create_move_anchor(key, other)}")
            if key:
                self._told_places.add((place, key))

    def _add_to_runs(self, leaf: Block, *, is_told: bool) -> Iterator[TextRun]:
        runs = self._add_link_words(leaf.runs)
        if is_told:
            self._last = UNCHANGED
            return runs
        whole = _find_whole_mark(leaf)
        before = self._last if whole else UNCHANGED
        if any(run.text.strip() for run in leaf.runs):
            self._last = whole
        return self._add_hidden_words(runs, before, is_whole=bool(whole))

    def _add_hidden_words(self, runs: Iterable[TextRun], last: str, *, is_whole: bool) -> Iterator[TextRun]:
        """Announce each deletion and insertion; words that others replace are announced with these, once."""
        # White space belongs to what is before it: it neither ends a mark nor is one.
        stretches: list[tuple[str, list[TextRun]]] = []
        for run in runs:
            if stretches and (not run.text.strip() or find_mark(run) == stretches[-1][0]):
                stretches[-1][1].append(run)
            else:
                stretches.append((find_mark(run) if run.text.strip() else UNCHANGED, [run]))
        marks = [mark for mark, _ in stretches]
        for (mark, own), following in zip(stretches, [*marks, UNCHANGED][1:], strict=True):
            if mark == DELETED and last != DELETED and (is_whole or following != INSERTED):
                yield from _create_hidden(self._words.deleted)
            elif mark == INSERTED and last != INSERTED:
                yield from _create_hidden(self._words.replaced if last == DELETED else self._words.inserted)
            yield from own
            last = mark

    def _add_link_words(self, runs: Sequence[TextRun]) -> Iterator[TextRun]:
        """Say after the words of each link where it leads now, if it led elsewhere.

        A link may end inside a word.
        """
        return _move_past_words(self._list_runs_and_notes(runs))

    def _list_runs_and_notes(self, runs: Sequence[TextRun]) -> Iterator[TextRun | list[TextRun]]:
        for link, group in groupby(_join_links(runs), key=lambda item: item[0]):
            own = [run for _, run in group]
            if link is None:
                yield from own
                continue
            end = max((n for n, run in enumerate(own, start=1) if run.text.strip()), default=0)
            yield from own[:end]
            yield list(self._describe_link(*link))
            yield from own[end:]

    def _describe_link(self, new: str, old: str) -> Iterator[TextRun]:
        template = (
            self._words.link_changed
            if new and old
            else self._words.link_added
            if new
            else self._words.link_removed
        )
        if not template:
            return
        shown = shorten_addresses(new, old) if self._words.shortens_addresses else (new, old)
        # The link itself leads to the new one.
        addresses = {"new": (shown[0], ""), "old": (shown[1], old if shown[1] != old else "")}
        yield TextRun(" ", marks=(HELPER,))
        for text, name, _, _ in Formatter().parse(template):
            yield TextRun(text, marks=(HELPER,))
            if name:
                yield TextRun(*addresses[name], (HELPER,))


def _move_past_words(items: Iterable[TextRun | list[TextRun]]) -> Iterator[TextRun]:
    """Yield runs with the notes between them; one that stands inside a word comes after it."""
    notes: list[list[TextRun]] = []
    text = ""
    for item in items:
        if isinstance(item, list):
            notes.append(item)
            continue
        rest = item
        if notes and (end := _find_end_of_word(text, item.text)):
            yield replace(item, text=item.text[:end])
            rest = replace(item, text=item.text[end:])
        if rest.text:
            yield from chain.from_iterable(notes)
            notes = []
            yield rest
        text = item.text or text
    yield from chain.from_iterable(notes)


def _find_end_of_word(before: str, text: str) -> int:
    """Return where the word ends that began in the text before; 0 if none did."""
    if not _is_part_of_word(before[-1:]):
        return 0
    return next((n for n, letter in enumerate(text) if not _is_part_of_word(letter)), len(text))


def _is_part_of_word(letter: str) -> bool:
    return letter.isalnum() or letter in {
        "-",
        "\N{HYPHEN}",
        "\N{NON-BREAKING HYPHEN}",
        "'",
        "\N{RIGHT SINGLE QUOTATION MARK}",
    }


def _join_links(runs: Iterable[TextRun]) -> Iterator[tuple[tuple[str, str] | None, TextRun]]:
    """Yield each run with the new and the old target of the link that it is part of, if they differ.

    White space and marked words inside a link are part of it too, and the end of what is marked with them.
    """
    link: tuple[str, str] | None = None
    last_mark = ""
    for run in runs:
        mark = find_mark(run)
        if run.former_href is not None:
            link = (run.href, run.former_href)
        elif link and run.text.strip() and not (mark and (mark == last_mark or run.href in link)):
            link = None
        last_mark = mark if run.text.strip() else last_mark
        yield link, run


def _create_label(words: str, href: str = "") -> Iterator[TextRun]:
    if words:
        yield TextRun(words, href, (HELPER,))
        yield TextRun(" ", marks=(HELPER,))


def _create_hidden(words: str) -> Iterator[TextRun]:
    if words:
        yield TextRun(f"{words} ", marks=(HIDDEN,))


def _find_whole_mark(block: Block) -> str:
    """Return the redline mark that all words of a block have, or an empty string."""
    marks = {find_mark(run) for leaf in iter_leaves((block,)) for run in leaf.runs if run.text.strip()}
    return marks.pop() if len(marks) == 1 else UNCHANGED


def _set_move_attrs(block: Block, place: str, key: str) -> Block:
    """Return a moved block with its classes and its anchor."""
    attrs = dict(block.attrs)
    attrs["class"] = " ".join(filter(None, (attrs.get("class", ""), f"moved moved-{place}")))
    if key and "id" not in attrs:
        return replace(block, attrs=(*attrs.items(), ("id", create_move_anchor(key, place))))
    block = replace(block, attrs=tuple(attrs.items()))
    if not key or block.is_leaf:
        return block
    # A footnote has an id of its own.
    first, *rest = block.children
    first = replace(first, attrs=(*first.attrs, ("id", create_move_anchor(key, place))))
    return replace(block, children=(first, *rest))
