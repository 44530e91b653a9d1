"""A bounded cache of rendered fragments, owned by the renderer that rendered them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock
from typing import TypeVar, cast

Rendered = TypeVar("Rendered")
_MISSING = object()  # None may be a result


class RenderCache:
    """Caches the most recently used results of rendering, at most `capacity` of them.

    Nothing invalidates an entry: its key holds every input of the rendering (immutable values, compared by
    value or by identity), and the templates do not change while a renderer lives. The cache is freed together
    with its renderer. A capacity of 0 turns it off.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._results: dict[Hashable, object] = {}  # in the order of use, least recent first
        # The preview answers requests in threads of their own. Rendering is done outside of the lock.
        self._lock = Lock()

    def get_or_render(self, key: Hashable, render: Callable[[], Rendered]) -> Rendered:
        """Return the result for a key; call `render` if it is not cached."""
        with self._lock:
            result = self._results.pop(key, _MISSING)
        if result is _MISSING:
            result = render()
        with self._lock:
            self._results[key] = result
            while len(self._results) > self._capacity:
                del self._results[next(iter(self._results))]
        return cast("Rendered", result)
