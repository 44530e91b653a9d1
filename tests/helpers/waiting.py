"""Wait for a condition; the time limit only ends a hang."""

import time
from collections.abc import Callable


def wait_until(
    condition: Callable[[], object],
    what: str,
    pause: Callable[[float], object] = time.sleep,
    seconds: float = 600,
) -> None:
    """Poll every 50 ms until `condition()` holds; fail with the message `what` after `seconds`."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"not in {seconds} seconds: {what}"
        pause(0.05)
