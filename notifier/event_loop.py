"""Drive all connections of a run in one thread; each is a task that yields a `Wait`.

Why not asyncio: a group commit needs to know when no task can go on without it, which asyncio does not
report. Tasks that yield `ROUND_END` resume only when every other task waits for a socket or a deadline: one
commit serves all messages that are ready for their final dot. No locks, no other threads.
"""

from __future__ import annotations

import selectors
import socket
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Executor
from dataclasses import dataclass
from math import inf
from time import monotonic
from typing import TypeAlias, TypeVar

_T = TypeVar("_T")
_TICK_SECONDS = 0.1
_THREAD_POLL_SECONDS = 0.005

READABLE, WRITABLE = selectors.EVENT_READ, selectors.EVENT_WRITE


@dataclass(frozen=True, slots=True)
class Wait:
    """The condition for which a task waits: a deadline by `time.monotonic`, or a socket until that deadline.

    A resumed task must check for itself which of the two happened.
    """

    deadline: float
    socket: socket.socket | None = None
    events: int = 0


ROUND_END = Wait(inf)
# The steps of a task, or of a part of it: a generator that yields waits and returns a result.
Steps: TypeAlias = Generator[Wait, None, _T]
Task: TypeAlias = Steps[None]


def sleep(seconds: float) -> Steps[None]:
    """Let the other tasks run for a number of seconds."""
    yield Wait(monotonic() + seconds)


def run_in_thread(executor: Executor, work: Callable[[], _T]) -> Steps[_T]:
    """Run blocking work in a thread and return its result; raises the exception that the work raised.

    Polls, because waking the selector from another thread would need a socket pair for no measurable gain:
    only connecting to the relay runs here, once for each connection.
    """
    future = executor.submit(work)
    while not future.done():
        yield from sleep(_THREAD_POLL_SECONDS)
    return future.result()


def run_tasks(tasks: Iterable[Task], on_tick: Callable[[], None]) -> None:
    """Run tasks until all have ended, then raise the first exception that one of them raised.

    `on_tick` is called every tenth of a second, also while every task is busy.
    """
    with selectors.DefaultSelector() as selector:
        _EventLoop(selector, tasks, on_tick).run()


class _EventLoop:
    def __init__(
        self, selector: selectors.BaseSelector, tasks: Iterable[Task], on_tick: Callable[[], None]
    ) -> None:
        self._selector = selector
        self._on_tick = on_tick
        self._next_tick = monotonic() + _TICK_SECONDS
        self._ready = deque(tasks)
        self._waiting: dict[Task, Wait] = {}
        self._at_round_end: list[Task] = []
        self._error: BaseException | None = None

    def run(self) -> None:
        while self._ready or self._at_round_end or self._waiting:
            while self._ready:
                self._step(self._ready.popleft())
            self._resume_waiting()
            if not self._ready:
                self._ready.extend(self._at_round_end)
                self._at_round_end.clear()
            if monotonic() >= self._next_tick:
                self._on_tick()
                self._next_tick = monotonic() + _TICK_SECONDS
        if self._error:
            raise self._error

    def _step(self, task: Task) -> None:
        try:
            wait = next(task)
        except StopIteration:
            return
        except BaseException as error:  # noqa: BLE001  # the other tasks first finish their message
            self._error = self._error or error
            return
        if wait is ROUND_END:
            self._at_round_end.append(task)
            return
        self._waiting[task] = wait
        if wait.socket:
            self._selector.register(wait.socket, wait.events, task)

    def _resume_waiting(self) -> None:
        """Resume tasks whose socket is ready or whose deadline has passed; block if no task can run."""
        if self._at_round_end:
            # Do not block, but look: a reply that has arrived lets one more message share the commit.
            timeout = 0.0
        else:
            earliest = min((wait.deadline for wait in self._waiting.values()), default=0.0)
            timeout = max(0.0, min(earliest, self._next_tick) - monotonic())
        for key, _ in self._selector.select(timeout):
            self._resume(key.data)
        now = monotonic()
        for task in [task for task, wait in self._waiting.items() if wait.deadline <= now]:
            self._resume(task)

    def _resume(self, task: Task) -> None:
        # Unregistered at once: the next wait may be for another event, or for no socket at all.
        wait = self._waiting.pop(task)
        if wait.socket:
            self._selector.unregister(wait.socket)
        self._ready.append(task)
