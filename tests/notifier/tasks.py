"""Run a single task of the event loop."""

from typing import TypeVar

from notifier.event_loop import Steps, run_tasks

T = TypeVar("T")


def run_task(waiting: Steps[T]) -> T:
    """Run one task to its end and return its result."""
    results = []

    def task():
        results.append((yield from waiting))

    run_tasks([task()], lambda: None)
    return results[0]
