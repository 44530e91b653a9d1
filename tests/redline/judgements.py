"""Judges what one channel shows of a known edit. Each check yields its complaints: expected, found."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from tests.redline.expectations import (
    Expected,
    Kind,
    count_fewest_marks,
    mentions_form,
    mentions_move,
    normalize,
    shares_little,
)
from tests.redline.redline_html import Helper, Unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SHORT_RUN = 2  # words between two changes that read as one
_LONG_CHANGE = 4


@dataclass
class Channel:
    """What readers of one channel see; `is_plain` where that is text without elements."""

    name: str
    units: list[Unit]
    helpers: list[Helper] = field(default_factory=list)
    is_plain: bool = False


def judge_channel(channel: Channel, expected: Sequence[Expected]) -> Iterator[str]:
    """Yield what is wrong with a channel."""
    for each in expected:
        yield from _JUDGES[each.kind](channel, each)
    yield from _find_touched_bystanders(channel, expected)
    for unit in channel.units:
        yield from _find_neighbouring_marks(unit)
        yield from _find_word_salad(unit)


def _shorten(text: str) -> str:
    words = text.split()
    return " ".join(words) if len(words) <= 12 else f"{' '.join(words[:6])} … {' '.join(words[-4:])}"


def describe_unit(unit: Unit) -> str:
    """Return a unit in the notation of `diff`, shortened."""
    signs = {"del": "[-{}-]", "ins": "{{+{}+}}", "": "{}"}
    shown = " ".join(signs[mark].format(_shorten(text)) for mark, text in unit.list_stretches())
    return f"<{unit.tag}{' moved' if unit.moved else ''}> {shown}"


def _describe_near(channel: Channel, *texts: str) -> str:
    """Return the marked units that share most words with one of the texts."""
    wanted = {word for text in texts for word in text.split()}
    marked = [unit for unit in channel.units if unit.is_marked or unit.moved]
    near = sorted(marked, key=lambda unit: -len(wanted & set(unit.text.split())))[:2]
    return " / ".join(map(describe_unit, near)) or "nothing marked"


def _is_shown_apart(channel: Channel, each: Expected) -> bool:
    """Whether the old unit is shown as deleted and the new one as inserted."""
    return _is_whole(channel, each.old, "del") and _is_whole(channel, each.new, "ins")


def _is_whole(channel: Channel, text: str, mark: str) -> bool:
    return any(
        normalize(text) == unit.text and set(_list_marks(unit)) == {mark} and not unit.moved
        for unit in channel.units
    )


def _list_marks(unit: Unit) -> list[str]:
    return [mark for mark, text in unit.list_stretches() if text.strip()]


def _find_units(channel: Channel, old: str, new: str) -> list[Unit]:
    old, new = normalize(old), normalize(new)
    return [unit for unit in channel.units if (unit.old, unit.new) == (old, new)]


def _judge_changed(channel: Channel, each: Expected) -> Iterator[str]:
    found = [unit for unit in _find_units(channel, each.old, each.new) if not unit.moved]
    if not found and channel.is_plain and each.lines:
        each = Expected(Kind.CHANGED, *each.lines)
        found = _find_units(channel, each.old, each.new)
    little = shares_little(each.old, each.new) and not each.contains
    if not found:
        if not (little and _is_shown_apart(channel, each)):
            shown = f"[-{_shorten(each.old)}-] {{+{_shorten(each.new)}+}}"
            yield f"one block with the change {shown}; found {_describe_near(channel, each.old, each.new)}"
        return
    yield from _judge_marks(found[0], each)
    if each.contains and found[0].list_words("del") and found[0].list_words("ins"):
        yield f"only what is left of one text without the other; found {describe_unit(found[0])}"
    marks = sorted(filter(None, _list_marks(found[0])))
    if little and len(each.old.split()) > _LONG_CHANGE and marks != ["del", "ins"]:
        yield f"one deletion and one insertion; found {describe_unit(found[0])}"


def _judge_marks(unit: Unit, each: Expected) -> Iterator[str]:
    fewest = 0 if each.old == each.new else count_fewest_marks(each.old, each.new)
    if (count := unit.count_marked_words()) > fewest:
        yield f"at most {fewest} words marked, found {count}: {describe_unit(unit)}"
    if each.old != each.new and not count:
        yield f"a change marked inside {_shorten(each.new)}"


def _judge_inserted(channel: Channel, each: Expected) -> Iterator[str]:
    if each.open or _is_whole(channel, each.new, "ins"):
        return
    yield f"a block {{+{_shorten(each.new)}+}}; found {_describe_near(channel, each.new)}"


def _judge_deleted(channel: Channel, each: Expected) -> Iterator[str]:
    if each.open or _is_whole(channel, each.old, "del"):
        return
    yield f"a block [-{_shorten(each.old)}-]; found {_describe_near(channel, each.old)}"


def _judge_moved(channel: Channel, each: Expected) -> Iterator[str]:
    if channel.is_plain and each.carried and each.old == each.new:
        if not any(mentions_move(helper.text) for helper in channel.helpers):
            yield "words that something moved"
        return
    here = [unit for unit in _find_units(channel, each.old, each.new) if "del" not in unit_marks_alone(unit)]
    if not [unit for unit in here if unit.moved]:
        yield (
            f"[moved here] {_shorten(each.new)} with its change inside; "
            f"found {_describe_near(channel, each.old, each.new)}"
        )
        return
    yield from _judge_marks(next(unit for unit in here if unit.moved), each)
    away = [unit for unit in channel.units if unit.moved and _is_old_place(unit, each, channel)]
    if not away and not (each.carried and channel.is_plain):  # the title of the section says so
        yield f"[moved from here] [-{_shorten(each.old)}-]; found {_describe_near(channel, each.old)}"


def unit_marks_alone(unit: Unit) -> set[str]:
    """Return the mark that all words of a unit have, if they have one."""
    marks = set(_list_marks(unit))
    return marks if len(marks) == 1 else set()


def _is_old_place(unit: Unit, each: Expected, channel: Channel) -> bool:
    old = normalize(each.old)
    if unit_marks_alone(unit) == {"del"} and unit.text == old:
        return True
    # Plain text may show the first words alone.
    first = unit.text.rstrip("… ")
    return channel.is_plain and "ins" not in _list_marks(unit) and old.startswith(first) and first != old


def _judge_link(channel: Channel, each: Expected) -> Iterator[str]:
    yield from _find_marks_of_unchanged(channel, each)
    said = " ".join(
        f"{helper.text} {' '.join(helper.addresses)}" for helper in channel.helpers if not helper.is_hidden
    )
    for address in each.addresses:
        if address not in said:
            yield f"helper words with {address}; found {_shorten(said) or 'none'}"


def _judge_form(channel: Channel, each: Expected) -> Iterator[str]:
    yield from _find_marks_of_unchanged(channel, each)
    said = [helper.text for helper in channel.helpers if mentions_form(helper.text)]
    if not said:
        yield f"words that the form of {_shorten(each.new)} changed"


def _find_marks_of_unchanged(channel: Channel, each: Expected) -> Iterator[str]:
    texts = {normalize(each.old), normalize(each.new)}
    for unit in channel.units:
        if (unit.old in texts or unit.new in texts) and (unit.is_marked or unit.moved):
            yield f"no mark on {_shorten(each.new)}; found {describe_unit(unit)}"
            return


def _find_touched_bystanders(channel: Channel, expected: Sequence[Expected]) -> Iterator[str]:
    """Complain about marks on units that the edit did not touch."""
    known = {normalize(text) for each in expected for text in (each.old, each.new, *(each.lines or ()))}
    for unit in channel.units:
        if not unit.is_marked and not (unit.moved and not channel.is_plain):
            continue
        if (unit.old or unit.new) in known or unit.new in known:
            continue
        if channel.is_plain and any(text.startswith(unit.text.rstrip("… ")) for text in known):
            continue  # an old place of a move, shortened
        yield f"no mark on what was not edited; found {describe_unit(unit)}"
        return


def _find_neighbouring_marks(unit: Unit) -> Iterator[str]:
    stretches = [(mark, text) for mark, text in unit.list_stretches() if mark or text.strip()]
    for (mark, text), (other, _) in pairwise(stretches):
        if mark and mark == other and unit.tag != "tr":
            yield f"one {mark} element where there are two: {describe_unit(unit)}"
            return
        if mark and not text.strip():
            yield f"no empty {mark}"


def _find_word_salad(unit: Unit) -> Iterator[str]:
    """Complain about one or two unchanged words between changes of four or more."""
    stretches = unit.list_stretches()
    sizes: list[tuple[bool, int]] = []
    for mark, text in stretches:
        size = len(text.split())
        if sizes and mark and sizes[-1][0]:
            sizes[-1] = (True, sizes[-1][1] + size)
        else:
            sizes.append((bool(mark), size))
    for before, between, after in zip(sizes, sizes[1:], sizes[2:], strict=False):
        is_island = not between[0] and 0 < between[1] <= _SHORT_RUN
        if unit.tag != "tr" and is_island and min(before[1], after[1]) >= _LONG_CHANGE:
            yield f"no single words left between changes: {describe_unit(unit)}"
            return


_JUDGES = {
    Kind.CHANGED: _judge_changed,
    Kind.INSERTED: _judge_inserted,
    Kind.DELETED: _judge_deleted,
    Kind.MOVED: _judge_moved,
    Kind.LINK: _judge_link,
    Kind.FORM: _judge_form,
}
