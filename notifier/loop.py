"""One thread that drives all connections of a run: each is a task that yields what it waits for.

A task goes on until it must wait. Those that wait for the round's end go on when nobody else can: so one
commit serves all who stand at the dot by then, and nobody waits for a lock or for another thread.
"""

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
_LOOK_SECONDS = 0.1
_ELSEWHERE_SECONDS = 0.005

READABLE, WRITABLE = selectors.EVENT_READ, selectors.EVENT_WRITE


@dataclass(frozen=True, slots=True)
class Wait:
    """What a task waits for: a moment, on the clock of time.monotonic, or a socket before that moment.

    Whoever is woken looks for itself which of the two it was.
    """

    until: float
    wire: socket.socket | None = None
    events: int = 0


ROUND_END = Wait(inf)
Waiting: TypeAlias = Generator[Wait, None, _T]
Task: TypeAlias = Waiting[None]


def pause(seconds: float) -> Waiting[None]:
    """Let the others go on for a while."""
    yield Wait(monotonic() + seconds)


def elsewhere(pool: Executor, work: Callable[[], _T]) -> Waiting[_T]:
    """Have a thread do what cannot but block, and look now and then whether it is done."""
    working = pool.submit(work)
    while not working.done():
        yield from pause(_ELSEWHERE_SECONDS)
    return working.result()


def run(tasks: Iterable[Task], look: Callable[[], None]) -> None:
    """Drive tasks until all have ended, looking up every tenth of a second; then raise what one raised."""
    with selectors.DefaultSelector() as selector:
        _Loop(selector, tasks, look).run()


class _Loop:
    def __init__(
        self, selector: selectors.BaseSelector, tasks: Iterable[Task], look: Callable[[], None]
    ) -> None:
        self._selector = selector
        self._look = look
        self._next_look = monotonic() + _LOOK_SECONDS
        self._going = deque(tasks)
        self._waiting: dict[Task, Wait] = {}
        self._at_round_end: list[Task] = []
        self._raised: BaseException | None = None

    def run(self) -> None:
        while self._going or self._at_round_end or self._waiting:
            while self._going:
                self._step(self._going.popleft())
            self._wake()
            if not self._going:
                self._going.extend(self._at_round_end)
                self._at_round_end.clear()
            if monotonic() >= self._next_look:
                self._look()
                self._next_look = monotonic() + _LOOK_SECONDS
        if self._raised:
            raise self._raised

    def _step(self, task: Task) -> None:
        try:
            wait = next(task)
        except StopIteration:
            return
        except BaseException as error:  # noqa: BLE001  # the others finish first what is at the dot
            self._raised = self._raised or error
            return
        if wait is ROUND_END:
            self._at_round_end.append(task)
            return
        self._waiting[task] = wait
        if wait.wire:
            self._selector.register(wait.wire, wait.events, task)

    def _wake(self) -> None:
        """Let those go on whose socket is ready or whose moment has come; wait for one if all wait."""
        if self._at_round_end:
            timeout = 0.0
        else:
            soonest = min((wait.until for wait in self._waiting.values()), default=0.0)
            timeout = max(0.0, min(soonest, self._next_look) - monotonic())
        for key, _ in self._selector.select(timeout):
            self._resume(key.data)
        now = monotonic()
        for task in [task for task, wait in self._waiting.items() if wait.until <= now]:
            self._resume(task)

    def _resume(self, task: Task) -> None:
        wait = self._waiting.pop(task)
        if wait.wire:
            self._selector.unregister(wait.wire)
        self._going.append(task)
