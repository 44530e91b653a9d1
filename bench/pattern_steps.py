"""Counts the steps of a backtracking matcher, as Python's `re` is one, on the worst inputs of a pattern.

Time depends on the machine; the number of steps does not. A pattern whose steps grow faster than its input is
quadratic or worse. The inputs come from the pattern itself: repetitions of what each of its repeats accepts,
behind what leads to it, with an end that does not match.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]  # no other parser reads every pattern
from typing import Any, NamedTuple

_MANY = 200  # a repeat up to so many times or more counts as endless: the distances of phrases are shorter
_PROBES = "aZ5 \n_-.,:;'\"[](){}<>/@#%&=+*!?|\\^$«é§"
_BAD_ENDS = ("\x00", "")
_CATEGORIES = {
    sre.CATEGORY_DIGIT: r"\d", sre.CATEGORY_NOT_DIGIT: r"\D", sre.CATEGORY_SPACE: r"\s",
    sre.CATEGORY_NOT_SPACE: r"\S", sre.CATEGORY_WORD: r"\w", sre.CATEGORY_NOT_WORD: r"\W",
}  # fmt: skip
_REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)
_CHARACTERS = (sre.LITERAL, sre.NOT_LITERAL, sre.IN, sre.ANY)
_BRANCHING = (sre.SUBPATTERN, sre.BRANCH, sre.MAX_REPEAT, sre.MIN_REPEAT)
_Node = tuple[Any, Any]
_Continuation = Callable[[int], bool]


class Growth(NamedTuple):
    """The worst input of a pattern, and by which power of its length the steps grow there."""

    exponent: float
    steps: int
    text: str


class _StepLimitError(Exception):
    """The matcher took more steps than are worth counting."""


class StepCounter:
    """Searches a text for every match of a pattern and counts the steps."""

    def __init__(self, pattern: re.Pattern[Any], limit: int = 400_000) -> None:
        source = pattern.pattern
        text = source if isinstance(source, str) else source.decode("latin-1")
        self.nodes: Sequence[_Node] = list(_parser.parse(text, pattern.flags & ~re.UNICODE))
        self.flags = pattern.flags
        self.limit = limit
        self.steps = 0
        self.text = ""

    def count_steps(self, text: str, *, anywhere: bool = True) -> int:
        """Return the steps of finding all matches, or of one at the start of the text."""
        self.steps, self.text = 0, text
        ends: list[int] = []
        position = 0
        try:
            while position <= len(text):
                ends.clear()
                if self._match(self.nodes, position, _collect_in(ends)):
                    position = max(ends[0], position + 1)
                else:
                    position += 1
                if not anywhere:
                    break
        except _StepLimitError:
            pass
        return self.steps

    def _match(self, nodes: Sequence[_Node], position: int, then: _Continuation) -> bool:
        """Match nodes from a position on, and then what follows them."""
        for index, node in enumerate(nodes):
            self._count()
            if node[0] in _BRANCHING:
                rest = nodes[index + 1 :]
                return self._match_choice(node, position, partial(self._match, rest, then=then))
            end = self._match_node(node, position)
            if end is None:
                return False
            position = end
        return then(position)

    def _match_node(self, node: _Node, position: int) -> int | None:
        """Return where a node ends that matches in one way only; None if it does not match."""
        operation, value = node
        if operation in _CHARACTERS:
            has_character = position < len(self.text)
            is_accepted = has_character and accepts(operation, value, self.text[position], self.flags)
            return position + 1 if is_accepted else None
        if operation is sre.AT:
            return position if self._is_at(value, position) else None
        if operation in {sre.ASSERT, sre.ASSERT_NOT}:
            return None if self._looks_like(value, position) is (operation is sre.ASSERT_NOT) else position
        if operation in {sre.ATOMIC_GROUP, sre.POSSESSIVE_REPEAT}:
            inner = list(value) if operation is sre.ATOMIC_GROUP else [(sre.MAX_REPEAT, value)]
            ends: list[int] = []
            return ends[0] if self._match(inner, position, _collect_in(ends)) else None
        return position  # a repetition of what a group matched, which is taken for empty

    def _match_choice(self, node: _Node, position: int, then: _Continuation) -> bool:
        operation, value = node
        if operation is sre.SUBPATTERN:
            return self._match(list(value[3]), position, then)
        if operation is sre.BRANCH:
            return any(self._match(list(choice), position, then) for choice in value[1])
        low, high, body = value
        is_lazy, body = operation is sre.MIN_REPEAT, list(body)

        def go_on(count: int, start: int) -> bool:
            self._count()
            if is_lazy and count >= low and then(start):
                return True
            if count < high and self._match(
                body, start, lambda end: (end > start or count < low) and go_on(count + 1, end)
            ):
                return True
            return not is_lazy and count >= low and then(start)

        return go_on(0, position)

    def _looks_like(self, value: tuple[int, Any], position: int) -> bool:
        direction, nodes = value
        if direction < 0:
            position -= nodes.getwidth()[0]
        return position >= 0 and self._match(list(nodes), position, lambda _end: True)

    def _is_at(self, where: Any, position: int) -> bool:
        before, after = (
            self.text[position - 1 : position] if position else "",
            self.text[position : position + 1],
        )
        if where in {sre.AT_BEGINNING, sre.AT_BEGINNING_STRING}:
            return position == 0 or (bool(self.flags & re.MULTILINE) and before == "\n")
        if where in {sre.AT_END, sre.AT_END_STRING}:
            return not after or (bool(self.flags & re.MULTILINE) and after == "\n")
        is_boundary = _is_word(before) is not _is_word(after)
        return is_boundary is (where is sre.AT_BOUNDARY)

    def _count(self) -> None:
        self.steps += 1
        if self.steps > self.limit:
            raise _StepLimitError


def _collect_in(ends: list[int]) -> _Continuation:
    """Return what is to follow a match: nothing but to remember where it ends."""

    def collect(end: int) -> bool:
        ends.append(end)
        return True

    return collect


def _is_word(character: str) -> bool:
    return bool(character) and (character.isalnum() or character == "_")


def accepts(operation: Any, value: Any, character: str, flags: int) -> bool:
    """Whether a node of one character accepts it."""
    if operation is sre.ANY:
        return character != "\n" or bool(flags & re.DOTALL)
    cases = {character, character.lower(), character.upper()} if flags & re.IGNORECASE else {character}
    if operation is sre.IN:
        return any(_is_in(tuple(value), case) for case in cases)
    return any(ord(case) == value for case in cases if len(case) == 1) is (operation is sre.LITERAL)


@lru_cache(maxsize=10_000)
def _is_in(items: tuple[tuple[Any, Any], ...], character: str) -> bool:
    is_negated = items[0][0] is sre.NEGATE
    if len(character) != 1:
        return False
    found = any(
        (name is sre.LITERAL and value == ord(character))
        or (name is sre.RANGE and value[0] <= ord(character) <= value[1])
        or (name is sre.CATEGORY and re.match(_CATEGORIES[value], character) is not None)
        for name, value in items
    )
    return found is not is_negated


def _sample(nodes: Sequence[_Node], flags: int) -> str:
    """Return a short text that these nodes accept; assertions are not looked at."""
    text = ""
    for operation, value in nodes:
        if operation in _CHARACTERS:
            fitting = (probe for probe in _PROBES if accepts(operation, value, probe, flags))
            text += next(fitting, chr(value) if operation is sre.LITERAL else "")
        elif operation is sre.SUBPATTERN:
            text += _sample(list(value[3]), flags)
        elif operation is sre.ATOMIC_GROUP:
            text += _sample(list(value), flags)
        elif operation is sre.BRANCH:
            text += _sample(list(value[1][0]), flags)
        elif operation in _REPEATS:
            text += _sample(list(value[2]), flags) * value[0]
    return text


def _iter_repeats(
    nodes: Sequence[_Node], flags: int, before: str = ""
) -> Iterator[tuple[str, Sequence[_Node]]]:
    """Yield the body of each endless repeat, with a text that leads to it."""
    for index, (operation, value) in enumerate(nodes):
        lead = before + _sample(nodes[:index], flags)
        if operation in _REPEATS:
            body = list(value[2])
            if value[1] == sre.MAXREPEAT or value[1] >= _MANY:
                yield lead, body
            yield from _iter_repeats(body, flags, lead)
        elif operation is sre.SUBPATTERN:
            yield from _iter_repeats(list(value[3]), flags, lead)
        elif operation is sre.ATOMIC_GROUP:
            yield from _iter_repeats(list(value), flags, lead)
        elif operation is sre.BRANCH:
            for choice in value[1]:
                yield from _iter_repeats(list(choice), flags, lead)
        elif operation in {sre.ASSERT, sre.ASSERT_NOT}:
            yield from _iter_repeats(list(value[1]), flags, lead)


def _iter_characters(nodes: Sequence[_Node]) -> Iterator[_Node]:
    """Yield every node of one character."""
    for operation, value in nodes:
        if operation in _CHARACTERS:
            yield operation, value
        elif operation is sre.BRANCH:
            for choice in value[1]:
                yield from _iter_characters(list(choice))
        elif operation in (*_REPEATS, sre.SUBPATTERN, sre.ASSERT, sre.ASSERT_NOT):
            yield from _iter_characters(list(value[-1]))
        elif operation is sre.ATOMIC_GROUP:
            yield from _iter_characters(list(value))


def _list_probes(nodes: Sequence[_Node], flags: int) -> list[str]:
    """Return one character of every kind that the pattern tells apart."""
    kinds: dict[tuple[bool, ...], str] = {}
    characters = list(dict.fromkeys((str(node[0]), str(node[1])) for node in _iter_characters(nodes)))
    by_text = {(str(node[0]), str(node[1])): node for node in _iter_characters(nodes)}
    for probe in _PROBES:
        signature = tuple(accepts(*by_text[key], probe, flags) for key in characters)
        if any(signature):
            kinds.setdefault(signature, probe)
    return list(kinds.values())


def list_hostile_inputs(pattern: re.Pattern[Any]) -> list[tuple[str, str, str]]:
    """Return beginnings, units to repeat and ends of texts that may be slow to search."""
    counter = StepCounter(pattern)
    nodes, flags = counter.nodes, pattern.flags
    probes = _list_probes(nodes, flags)
    inputs: dict[tuple[str, str, str], None] = {}
    for lead, body in _iter_repeats(nodes, flags):
        units = [_sample(body, flags)]
        if len(body) == 1 and body[0][0] in _CHARACTERS:
            units += [probe for probe in probes if accepts(*body[0], probe, flags)]
        for unit in dict.fromkeys(filter(None, units)):
            for end in _BAD_ENDS:
                inputs[lead, unit, end] = None
                inputs["", lead + unit, end] = None
                inputs["", unit, end] = None
    return list(inputs)


def measure_growth(pattern: re.Pattern[Any], *, anywhere: bool = True, length: int = 24) -> Growth:
    """Return the fastest growth of the steps when the length of a hostile input doubles."""
    counter = StepCounter(pattern)
    worst = Growth(0.0, 0, "")
    for beginning, unit, end in list_hostile_inputs(pattern):
        times = max(length // len(unit), 12)
        texts = (beginning + unit * times * factor + end for factor in (1, 2))
        steps = [counter.count_steps(text, anywhere=anywhere) for text in texts]
        exponent = math.log2(steps[1] / steps[0]) if steps[1] <= counter.limit else math.inf
        if exponent > worst.exponent:
            worst = Growth(exponent, steps[1], f"{beginning!r} + {unit!r} * n + {end!r}")
    return worst
