"""Waiting for a condition; the limit only ends a hang."""

import time
from collections.abc import Callable


def wait_until(
    is_so: Callable[[], object],
    what: str,
    pause: Callable[[float], object] = time.sleep,
    seconds: float = 600,
) -> None:
    """Look every twentieth of a second until `is_so()`; fail with `what` when it never comes about."""
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, f"not in {seconds} seconds: {what}"
        pause(0.05)
