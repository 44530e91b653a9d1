"""Blocks of a redline put together from units: new ones where they stand, old ones where they stood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from changelog.redline_changes import MOVE_KEY, MOVED, find_mark, is_unit
from changelog.redline_containers import ContainerPairs
from changelog.redline_forms import FormChange
from changelog.redline_merge import add_form
from changelog.redline_units import Container
from policy.blocks import Block, Blocks, iter_leaves

Path: TypeAlias = tuple[Container, ...]

# Which parents HTML allows for an element; all others may stand wherever text may.
_PARENTS = {
    "li": {"ul", "ol"},
    "tr": {"thead", "tbody", "table"},
    "thead": {"table"},
    "tbody": {"table"},
    "dt": {"dl"},
    "dd": {"dl"},
}
_NARROW = {"ul", "ol", "table", "thead", "tbody", "dl"}  # these hold nothing but the elements above


@dataclass(eq=False)
class _Node:
    """A container that is being filled."""

    container: Container
    is_old: bool
    children: list[Block | _Node] = field(default_factory=list)


class TreeBuilder:
    """Builds the blocks of one section of a redline from its units in order."""

    def __init__(self, pairs: ContainerPairs) -> None:
        self._pairs = pairs
        self._root: list[Block | _Node] = []
        self._open: list[_Node] = []
        self._path: Path = ()  # of the last new unit

    def add_new(self, blocks: Blocks, path: Path) -> None:
        """Add a unit of the new text."""
        self._open_path([(container, False) for container in path])
        self._append(blocks)
        self._path = path

    def add_old(self, blocks: Blocks, path: Path, next_path: Path) -> None:
        """Add a unit that is only in the old text; `next_path` is that of the next new unit of the section.

        It goes into what its own containers have become, if those are beside it, else into its own ones.
        """
        base, rest = self._find_place(path, next_path)
        self._open_path([*((container, False) for container in base), *((c, True) for c in rest)])
        if not rest:
            parent = self._open[-1].container.block.tag if self._open else ""
            # The text of an item stands beside the text that is there now, hence in an element of its own.
            blocks = tuple(replace(block, tag="p") if block.tag == "text" else block for block in blocks)
            blocks = blocks if _fits(blocks[0].tag, parent) else _wrap(blocks, parent)
        self._append(blocks)

    def _find_place(self, path: Path, next_path: Path) -> tuple[Path, Path]:
        """Return the new containers, and the own ones within them, that an old unit goes into."""
        common = _find_common_path(self._path, next_path)
        for depth in range(len(path) - 1, -1, -1):
            container = self._pairs.new_of_old.get(path[depth])
            for beside in (self._path, next_path):
                if container in beside:
                    base = beside[: beside.index(container) + 1]
                    if len(base) >= len(common):
                        return base, path[depth + 1 :]
        rest = path
        parent = common[-1].block.tag if common else ""
        if rest and not _fits(rest[0].block.tag, parent):
            rest = ()  # a list between two rows of one table: its words become a row
        return common, rest

    def _open_path(self, path: Sequence[tuple[Container, bool]]) -> None:
        depth = 0
        while depth < min(len(path), len(self._open)) and self._open[depth].container is path[depth][0]:
            depth += 1
        del self._open[depth:]
        for container, is_old in path[depth:]:
            node = _Node(container, is_old)
            (self._open[-1].children if self._open else self._root).append(node)
            self._open.append(node)

    def _append(self, blocks: Blocks) -> None:
        (self._open[-1].children if self._open else self._root).extend(blocks)

    def finish(self) -> Blocks:
        """Return the blocks."""
        return tuple(self._build(item) for item in self._root)

    def _build(self, item: Block | _Node) -> Block:
        if isinstance(item, Block):
            return item
        template = item.container.block
        children = tuple(self._build(child) for child in item.children)
        if template.is_leaf and len(children) == 1 and children[0].tag == "text":
            block = _merge_item(template, children[0], is_old=item.is_old)
        elif children == template.children and not item.is_old:
            block = template
        else:
            attrs = _list_attrs(template, is_old=item.is_old)
            block = replace(template, runs=(), children=children, attrs=attrs)
        form = None if item.is_old else self._pairs.other_form.get(item.container)
        if form:
            block = _add_form_to_kept(block, form)
        return _lift_move(block)


def _list_attrs(template: Block, *, is_old: bool) -> tuple[tuple[str, str], ...]:
    """Return the attributes of a container; an id belongs to what is still there."""
    return tuple(pair for pair in template.attrs if not is_old or pair[0] != "id")


def _merge_item(item: Block, text: Block, *, is_old: bool) -> Block:
    """Return a list item that holds only text, with the text as it is in the redline."""
    if text.runs == item.runs and not text.attrs and not is_old:
        return item
    return replace(item, runs=text.runs, attrs=(*_list_attrs(item, is_old=is_old), *text.attrs))


def _add_form_to_kept(block: Block, form: FormChange) -> Block:
    """Return a container that says how its form changed, where the first text that was there before stands.

    What is deleted or inserted as a whole has no other form.
    """
    if is_unit(block) or _has_kept_words(_find_first_unit(block)):
        return add_form(block, form)
    children = list(block.children)
    for number, child in enumerate(children):
        if _has_kept_words(child):
            children[number] = _add_form_to_kept(child, form)
            break
    return replace(block, children=tuple(children))


def _find_first_unit(block: Block) -> Block:
    return block if is_unit(block) else _find_first_unit(block.children[0])


def _has_kept_words(block: Block) -> bool:
    runs = (run for leaf in iter_leaves((block,)) for run in leaf.runs)
    return any(run.text.strip() and not find_mark(run) for run in runs)


def _find_common_path(one: Path, other: Path) -> Path:
    depth = 0
    while depth < min(len(one), len(other)) and one[depth] is other[depth]:
        depth += 1
    return one[:depth]


def _fits(tag: str, parent: str) -> bool:
    """Whether HTML allows an element in another one; `parent` is empty at the top of a section."""
    return parent in _PARENTS[tag] if tag in _PARENTS else parent not in _NARROW


def _wrap(blocks: Blocks, parent: str) -> Blocks:
    """Return deleted blocks as an element that may stand in a list or table, or as text outside of one."""
    if parent in {"ul", "ol"}:
        return (Block("li", _unwrap(blocks)),)
    if parent == "dl":
        return (Block("dd", _unwrap(blocks)),)
    if parent in {"table", "thead", "tbody"}:
        row = Block("tr", (Block("td", _unwrap(blocks)),))
        return (row,) if parent != "table" else (Block("tbody", (row,)),)
    return _unwrap(blocks)


def _unwrap(blocks: Blocks) -> Blocks:
    """Return blocks that may stand anywhere: cells, items and definitions become paragraphs."""
    result: list[Block] = []
    for block in blocks:
        if block.tag == "tr":
            result += _unwrap(block.children)
        elif block.tag in {"th", "td", "dt", "dd", "li"}:
            inside = block.children or (Block("p", runs=block.runs),)
            result += inside
        else:
            result.append(block)
    return tuple(result)


def _lift_move(block: Block) -> Block:
    """Return a container whose content moved as a whole with the mark of the move on itself."""
    moves = {tuple(pair for pair in child.attrs if pair[0] in {MOVED, MOVE_KEY}) for child in block.children}
    if len(moves) != 1 or not (move := moves.pop()):
        return block
    children = tuple(
        replace(child, attrs=tuple(pair for pair in child.attrs if pair not in move))
        for child in block.children
    )
    return replace(block, children=children, attrs=(*block.attrs, *move))
