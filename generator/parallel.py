"""A parallel map whose processes inherit everything that they need: only indexes and results are sent.

`concurrent.futures` does not return when it runs out of file descriptors while it starts processes, and
waits for work that nobody needs any more when another process has failed.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import traceback
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe, wait
from threading import Thread
from typing import Any, Generic, NamedTuple, NoReturn, TypeAlias, TypeVar

from common.errors import TryLaterError

Item = TypeVar("Item")
Result = TypeVar("Result")

_CHUNKS_PER_PROCESS = 4  # enough to even out slow chunks, few enough that neighbours stay together
_NUMBER_BYTES = 4
_MAX_PROCESSES = 128  # the numbers of all chunks fit into a pipe of one page
_KILLED = "a build process was killed; build again"
# A chunk's number, its results, and the error that ended it early.
_Message: TypeAlias = tuple[int, list[Any], Exception | None]


@dataclass(frozen=True)
class _Chunks(Generic[Item, Result]):
    """The work: a function, the items, and how many neighbours are computed in a row."""

    function: Callable[[Item], Result]
    items: Sequence[Item]
    size: int

    @property
    def count(self) -> int:
        """The number of chunks."""
        return -(-len(self.items) // self.size)

    def compute(self, number: int) -> _Message:
        """Return the results of a chunk, or the error that one of its items raised."""
        try:
            items = self.items[number * self.size : (number + 1) * self.size]
            return number, list(map(self.function, items)), None
        except Exception as error:  # noqa: BLE001 - the parent raises it
            return number, [], _make_picklable(error)


class _Pipes(NamedTuple):
    """What all processes inherit: the numbers of the chunks, and a pipe that ends when the parent does."""

    tasks: int
    lifeline: int
    lifeline_of_parent: int


def parallel_map(
    function: Callable[[Item], Result], items: Sequence[Item], jobs: int, serial_limit: int
) -> Generator[Result, None, None]:
    """Yield `function(item)` for each item, in order, computed by up to `jobs` processes.

    Up to `serial_limit` items are computed by this process: starting others would take longer. So are all if
    the system lets no process start. Results must be picklable; function and items need not be. Close the
    iterator to end the processes early. Raises TryLaterError if a process was killed.
    """
    jobs = min(jobs, len(items), _MAX_PROCESSES)
    if jobs < 2 or len(items) <= serial_limit:  # noqa: PLR2004 - one job is this process
        yield from map(function, items)
        return
    # Neighbours share most of their sections: a process gets many in a row and renders those once.
    chunks = _Chunks(function, items, -(-len(items) // (_CHUNKS_PER_PROCESS * jobs)))
    # Objects that exist now are moved out of the collector's sight: a collection in a forked process would
    # write to the header of each, and so copy every page of memory that is shared with the parent.
    gc.freeze()
    try:
        with _start_workers(chunks, jobs) as workers:
            yield from _collect_results(workers, chunks.count) if workers else map(function, items)
    finally:
        gc.unfreeze()


@contextmanager
def _start_workers(chunks: _Chunks[Any, Any], jobs: int) -> Iterator[dict[Connection, int]]:
    """Start up to `jobs` processes; yield their ids by the pipes of their results; end them afterwards."""
    workers: dict[Connection, int] = {}
    with ExitStack() as stack:
        # With few file descriptors, processes or memory left, those that could be started do all the work.
        with suppress(OSError):
            pipes = _open_pipes(stack, chunks.count)
            stack.callback(_end_workers, workers)
            for _ in range(jobs):
                _start_worker(chunks, pipes, workers)
        yield workers


def _open_pipes(stack: ExitStack, count: int) -> _Pipes:
    """Open the pipes that all processes inherit, the numbers of `count` chunks written into one."""
    tasks, tasks_writer = os.pipe()
    stack.callback(os.close, tasks)
    with os.fdopen(tasks_writer, "wb") as numbers:
        numbers.writelines(number.to_bytes(_NUMBER_BYTES) for number in range(count))
    pipes = _Pipes(tasks, *os.pipe())
    stack.callback(os.close, pipes.lifeline)
    stack.callback(os.close, pipes.lifeline_of_parent)
    return pipes


def _start_worker(chunks: _Chunks[Any, Any], pipes: _Pipes, workers: dict[Connection, int]) -> None:
    """Start a process and add it to `workers`; raise OSError if the system refuses."""
    reader, writer = Pipe(duplex=False)
    with writer:
        if (pid := os.fork()) == 0:
            _run_worker(chunks, pipes, writer, [reader, *workers])
        workers[reader] = pid


def _run_worker(
    chunks: _Chunks[Any, Any], pipes: _Pipes, writer: Connection, others: Sequence[Connection]
) -> NoReturn:
    """Compute chunks until none is left, and end this process, which is a copy of its parent."""
    exit_code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent gets it too, and ends its workers
        os.close(pipes.lifeline_of_parent)
        for reader in others:
            reader.close()
        Thread(target=_exit_if_parent_dies, args=(pipes.lifeline,), daemon=True).start()
        while number := os.read(pipes.tasks, _NUMBER_BYTES):
            writer.send(chunks.compute(int.from_bytes(number)))
        exit_code = 0
    finally:
        os._exit(exit_code)


def _exit_if_parent_dies(lifeline: int) -> None:
    """End this process if its parent dies: it would go on, and hold the inherited lock."""
    os.read(lifeline, 1)
    os._exit(1)


def _make_picklable(error: Exception) -> Exception:
    """Return an error that can be sent to the parent, with the place where it was raised."""
    place = traceback.format_exc()
    try:
        copy: Exception = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own value
    except Exception:  # noqa: BLE001 - whatever its constructor raises
        copy = RuntimeError(str(error))
    copy.add_note(place)
    return copy


def _collect_results(workers: dict[Connection, int], count: int) -> Iterator[Any]:
    """Yield the results of all chunks in order."""
    finished: dict[int, list[Any]] = {}
    position = 0
    while position < count:
        for reader in wait(list(workers)):
            assert isinstance(reader, Connection)
            try:
                number, results, error = reader.recv()
            except (EOFError, OSError, pickle.UnpicklingError):
                _reap_worker(workers, reader)
                continue
            if error:
                raise error
            finished[number] = results
        while position in finished:
            yield from finished.pop(position)
            position += 1


def _reap_worker(workers: dict[Connection, int], reader: Connection) -> None:
    """Forget a process that has ended; raise TryLaterError if it failed or was the last of them."""
    reader.close()
    status = 0
    with suppress(ChildProcessError):  # whoever started this process lets the system reap its children
        _, status = os.waitpid(workers.pop(reader), 0)
    if status or not workers:
        raise TryLaterError(_KILLED)


def _end_workers(workers: dict[Connection, int]) -> None:
    """End all processes, whatever they are doing: nobody needs their work any more."""
    for reader, pid in workers.items():
        reader.close()
        with suppress(OSError):
            os.kill(pid, signal.SIGKILL)
        with suppress(OSError):
            os.waitpid(pid, 0)
