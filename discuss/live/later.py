"""Rings that may wait for others of their kind."""

import asyncio
from collections.abc import Callable

# Seconds between two of them, at least.
INTERVAL = 0.25


class Later:
    """Rings at once after a pause, and then once for all that came meanwhile. On the hub's event loop."""

    def __init__(self, ring: Callable[[], None]) -> None:
        self._ring = ring
        self._rung_at = 0.0
        self._waiting: asyncio.TimerHandle | None = None

    @property
    def is_idle(self) -> bool:
        return self._waiting is None

    def ring(self) -> None:
        loop = asyncio.get_running_loop()
        if self._waiting is None:
            due = self._rung_at + INTERVAL
            if loop.time() >= due:
                self._ring_now()
            else:
                self._waiting = loop.call_at(due, self._ring_now)

    def stop(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _ring_now(self) -> None:
        self._waiting = None
        self._rung_at = asyncio.get_running_loop().time()
        self._ring()
