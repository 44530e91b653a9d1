"""Calls that must end by a deadline, whatever the other side does."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import TypeVar

_Result = TypeVar("_Result")


def call_within(seconds: float, function: Callable[[], _Result]) -> _Result:
    """Return what a function returns, or raise what it raises; raise TimeoutError after some seconds.

    The timeout of a socket is for each of its bytes: a server that sends them slowly enough never exceeds
    it. The function goes on in its thread until it ends or the process does.
    """
    results: list[_Result] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(function())
        except BaseException as error:  # noqa: BLE001 - raised below, in the thread of the caller
            errors.append(error)

    thread = Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if errors:
        raise errors.pop()  # not kept: it refers to this function, which would keep its answer open
    if not results:
        raise TimeoutError
    return results[0]
