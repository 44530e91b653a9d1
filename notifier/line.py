"""The line of claimed posts that the connections take from, at the pace the operator set."""

import threading
import time
from collections import deque

from notifier import loop, mailbox
from notifier.addressees import Source
from notifier.desk import Desk
from notifier.ledger import Post, Settled
from notifier.loop import Waiting
from notifier.order import Order
from notifier.tables import State

_BATCH = 200
_FRESH_SECONDS = 5.0  # who is in line was active as short a time ago as this
_PATIENCE = 60.0  # for a retry that is due so soon a run waits; for a later one it says try again later
_POLL_SECONDS = 0.5
_STOP_SECONDS = 0.1  # so soon a waiting connection hears of a stop


class Line:
    """Claims posts in batches, asks again who is still active, and hands them out one by one."""

    def __init__(self, desk: Desk, source: Source, order: Order, stop: threading.Event) -> None:
        self._desk = desk
        self._source = source
        self._stop = stop
        self._posts: deque[Post] = deque()
        self._left = order.limit
        self._gap = 1.0 / order.rate if order.rate else 0.0
        self._slot = 0.0
        fresh = int(order.rate * _FRESH_SECONDS) if order.rate else _BATCH
        self._batch = min(_BATCH, max(order.connections, fresh))

    def take(self) -> Waiting[Post | None]:
        """Wait for the next post and its turn; None on stop, or when none is worth waiting for."""
        while not self._stop.is_set():
            post = self._next()
            wait = self._reserve() if post else self._prospect()
            if wait is None:
                return None
            yield from self._wait(wait)
            if post and not self._stop.is_set():
                return post
            if post:
                self.give_back(post)
        return None

    def take_at_once(self) -> Post | None:
        """Return the next post if its turn has come already."""
        if self._stop.is_set():
            return None
        if self._slot > time.monotonic():
            return None
        post = self._next()
        if post:
            self._reserve()
        return post

    def give_back(self, post: Post) -> None:
        """Put a post back to the head of the line, untried."""
        self._posts.appendleft(post)

    @property
    def used_up(self) -> bool:
        """Whether it was the limit that ended the run."""
        return self._left == 0 and not self._posts

    def _next(self) -> Post | None:
        if not self._posts:
            self._refill()
        return self._posts.popleft() if self._posts else None

    def _refill(self) -> None:
        while not self._posts:
            claimed = self._desk.claim(self._batch if self._left is None else min(self._batch, self._left))
            if not claimed:
                return
            self._posts.extend(self._still_active(claimed))
            if self._left is not None:
                self._left -= len(self._posts)

    def _still_active(self, claimed: list[Post]) -> list[Post]:
        active = self._source.active([post.address for post in claimed])
        if active is None:
            return claimed
        staying = []
        for post in claimed:
            if mailbox.read(post.address).identity in active:
                staying.append(post)
            else:
                self._desk.settle(Settled(post, State.WITHDRAWN, tried=False))
        return staying

    def _wait(self, seconds: float) -> Waiting[None]:
        """Let so many seconds go by, or fewer on stop."""
        until = time.monotonic() + seconds
        while not self._stop.is_set() and (left := until - time.monotonic()) > 0:
            yield from loop.pause(min(left, _STOP_SECONDS))

    def _reserve(self) -> float:
        """Take the next slot of the pace and return how long it is until then."""
        now = time.monotonic()
        self._slot = max(now, self._slot)
        wait = self._slot - now
        self._slot += self._gap
        return wait

    def _prospect(self) -> float | None:
        """Return how long to wait before it is worth asking again, or None when it is not."""
        if self._left == 0:
            return None
        outlook = self._desk.outlook()
        if outlook.due_in is not None and outlook.due_in <= _PATIENCE:
            return min(max(outlook.due_in, 0.01), _POLL_SECONDS)
        return _POLL_SECONDS if outlook.held else None
