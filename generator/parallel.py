"""Work shared among processes that are born with all they need: only numbers and results are sent."""

from __future__ import annotations

import gc
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from threading import Thread
from typing import TYPE_CHECKING, Any, TypeVar

from common.errors import TryLaterError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Item = TypeVar("Item")
Result = TypeVar("Result")

_work: tuple[Callable[[Any], Any], Sequence[Any]]


def parallel_map(
    make: Callable[[Item], Result], items: Sequence[Item], jobs: int, few: int
) -> Iterator[Result]:
    """Make something of each item, in order, by as many processes as `jobs`; of `few` by this one alone.

    TryLaterError where a process was killed.
    """
    if jobs < 2 or len(items) <= few:  # noqa: PLR2004 - one process is this one
        yield from map(make, items)
        return
    global _work  # noqa: PLW0603 - a fork hands on what a module holds
    _work = make, items
    gc.freeze()  # what is there is never swept: a process would copy each value that it looks at
    try:
        count, born = min(jobs, len(items)), multiprocessing.get_context("fork")
        with ProcessPoolExecutor(count, born, _die_with_parent) as pool:
            # Neighbours share most of their sections: a process gets many in a row, and prints those once.
            yield from pool.map(_made, range(len(items)), chunksize=-(-len(items) // (4 * jobs)))
    except BrokenProcessPool:
        raise TryLaterError("a process of the build was killed; build again") from None
    finally:
        gc.unfreeze()


def _die_with_parent() -> None:
    """End a process whose parent was killed: it would wait for ever, and hold the lock it was born with."""
    Thread(target=_wait_for_parent, daemon=True).start()


def _wait_for_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent
    parent.join()
    os._exit(1)


def _made(number: int) -> Any:
    make, items = _work
    return make(items[number])
