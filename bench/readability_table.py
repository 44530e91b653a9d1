"""The table of docs/redlines-measured.md: a row for each measure, a column for each history."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bench.measured_histories import MeasuredHistory, MeasuredPage
from bench.redline_peers import PEERS
from bench.table import format_row

_FEW_WORDS, _MANY_WORDS = 30, 100  # marked on a page
_FAR_ABOVE = 1.5


@dataclass(frozen=True)
class Measure:
    """One row: its name, its value for the pages of a history, and the goal (an upper bound) if any."""

    name: str
    compute: Callable[[Sequence[MeasuredPage]], float]
    goal: float | None = None


def _select_compared(pages: Sequence[MeasuredPage]) -> list[MeasuredPage]:
    """Return the pages on which no text replaced another as a whole."""
    return [page for page in pages if not page.own.is_other_text]


def _compute_ratio(pages: Sequence[MeasuredPage]) -> float:
    compared = _select_compared(pages)
    fewest = sum(page.own.fewest for page in compared)
    return sum(page.own.marked for page in compared) / fewest if fewest else 1.0


def _count_far_above_fewest(pages: Sequence[MeasuredPage]) -> int:
    return sum(
        page.own.marked > _MANY_WORDS and page.own.ratio > _FAR_ABOVE for page in _select_compared(pages)
    )


def _count_far_above_peers(pages: Sequence[MeasuredPage]) -> int:
    return sum(
        page.own.marked > max(_MANY_WORDS, _FAR_ABOVE * min(page.peers.values()))
        for page in _select_compared(pages)
    )


def _compute_words_seen(pages: Sequence[MeasuredPage]) -> float:
    small = [page.own for page in pages if page.own.is_changed and page.own.marked <= _FEW_WORDS]
    seen = [page.unchanged_words_seen for page in small]
    return statistics.median(seen) if seen else 0


def _compute_helper_words(pages: Sequence[MeasuredPage]) -> float:
    marks = sum(page.own.marks + page.own.unmarked_changes for page in pages)
    return sum(page.own.helper_words for page in pages) / marks if marks else 0


def _sum_up(count: Callable[[MeasuredPage], int | bool]) -> Callable[[Sequence[MeasuredPage]], int]:
    return lambda pages: sum(count(page) for page in pages)


def _sum_up_compared(count: Callable[[MeasuredPage], int]) -> Callable[[Sequence[MeasuredPage]], int]:
    return lambda pages: sum(count(page) for page in _select_compared(pages))


MEASURES = (
    Measure("change pages", len),
    Measure("of which one text replaced another", _sum_up(lambda page: page.own.is_other_text)),
    Measure("words marked", _sum_up_compared(lambda page: page.own.marked)),
    Measure("fewest readable words", _sum_up_compared(lambda page: page.own.fewest)),
    Measure("words marked ÷ fewest readable", _compute_ratio, 1.05),
    Measure("words marked beyond the fewest readable", _sum_up_compared(lambda page: page.own.excess)),
    Measure("pages above 1.5 × the fewest readable", _count_far_above_fewest, 0),
    Measure("untrue pages", _sum_up(lambda page: bool(page.own.untruth)), 0),
    Measure("pages with islands", _sum_up(lambda page: page.own.islands > 0), 1),
    Measure("empty marks", _sum_up(lambda page: page.own.empty_marks), 0),
    Measure("adjacent marks", _sum_up(lambda page: page.own.adjacent_marks), 0),
    Measure("unchanged words seen around a small change, median", _compute_words_seen, 150),
    Measure("helper words for each mark", _compute_helper_words, 3),
    Measure(
        "pages with a change that cannot be reached", _sum_up(lambda page: bool(page.own.lost_changes)), 0
    ),
    Measure(
        "kB of a change page, on average", lambda pages: sum(page.size for page in pages) / 1000 / len(pages)
    ),
)
PEER_MEASURES = (
    *(
        Measure(f"words marked by {peer}", _sum_up_compared(lambda page, peer=peer: page.peers[peer]))
        for peer in PEERS
    ),
    Measure("pages above 1.5 × the best peer", _count_far_above_peers, 0),
)


def format_measures(histories: Sequence[MeasuredHistory]) -> str:
    """Return the table; a goal that is not met is bold, and where a peer could not run, a cell says so."""
    head = ("", "goal, at most", *(history.name for history in histories))
    rows = [head, ["---"] * len(head), *_iter_rows(histories)]
    return "\n".join(map(format_row, rows))


def _iter_rows(histories: Sequence[MeasuredHistory]) -> Iterator[Sequence[str]]:
    for measure in MEASURES:
        yield (
            measure.name,
            _format_goal(measure),
            *(_format_value(measure, history.pages) for history in histories),
        )
    for measure in PEER_MEASURES:
        cells = (
            f"could not run: {history.peer_error}"
            if history.peer_error
            else _format_value(measure, history.pages)
            for history in histories
        )
        yield measure.name, _format_goal(measure), *cells


def _format_goal(measure: Measure) -> str:
    return "–" if measure.goal is None else f"{measure.goal:g}"


def _format_value(measure: Measure, pages: Sequence[MeasuredPage]) -> str:
    value = measure.compute(pages)
    text = f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"
    return f"**{text}**" if measure.goal is not None and value > measure.goal else text
