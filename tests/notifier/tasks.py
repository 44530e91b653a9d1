"""Run a single task of the event loop."""

from typing import TypeVar

from notifier.event_loop import Waiting, run_tasks

T = TypeVar("T")


def run_task(waiting: Waiting[T]) -> T:
    """Run one task to its end and return its result."""
    results = []

    def task():
        results.append((yield from waiting))

    run_tasks([task()], lambda: None)
    return results[0]
