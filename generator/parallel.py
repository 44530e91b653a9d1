"""A parallel map whose processes inherit everything that they need: only indexes and results are sent."""

from __future__ import annotations

import gc
import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from threading import Thread
from typing import Any, TypeVar

from common.errors import TryLaterError

Item = TypeVar("Item")
Result = TypeVar("Result")

_CHUNKS_PER_PROCESS = 4  # enough to even out slow chunks, few enough that neighbours stay together


def parallel_map(
    function: Callable[[Item], Result], items: Sequence[Item], jobs: int, serial_limit: int
) -> Iterator[Result]:
    """Yield `function(item)` for each item, in order, computed by up to `jobs` processes.

    Up to `serial_limit` items are computed by this process: starting others would take longer. Results must
    be picklable; function and items need not be. Raises TryLaterError if a process was killed.
    """
    if jobs < 2 or len(items) <= serial_limit:  # noqa: PLR2004 - one job is this process
        yield from map(function, items)
        return
    # Objects that exist now are moved out of the collector's sight: a collection in a forked process would
    # write to the header of each, and so copy every page of memory that is shared with the parent.
    gc.freeze()
    try:
        # Under fork the initializer's arguments are inherited, not pickled.
        with ProcessPoolExecutor(
            min(jobs, len(items)),
            multiprocessing.get_context("fork"),
            initializer=_start_worker,
            initargs=(function, items),
        ) as pool:
            # Neighbours share most of their sections: a process gets many in a row and renders those once.
            chunk = -(-len(items) // (_CHUNKS_PER_PROCESS * jobs))
            yield from pool.map(_compute_item, range(len(items)), chunksize=chunk)
    except BrokenProcessPool:
        raise TryLaterError("a build process was killed; build again") from None
    finally:
        gc.unfreeze()


# Set by the initializer, hence in worker processes only.
_worker_task: tuple[Callable[[Any], Any], Sequence[Any]]


def _start_worker(function: Callable[[Any], Any], items: Sequence[Any]) -> None:
    global _worker_task  # noqa: PLW0603 - an initializer has no other way to hand something to the tasks
    _worker_task = function, items
    Thread(target=_exit_if_parent_dies, daemon=True).start()


def _compute_item(index: int) -> Any:
    function, items = _worker_task
    return function(items[index])


def _exit_if_parent_dies() -> None:
    """End this process if its parent dies: it would wait for ever and hold the inherited lock."""
    parent = multiprocessing.parent_process()
    assert parent
    parent.join()
    os._exit(1)
