"""When to look for what no bell told: seldom while all bells are heard, soon where some were lost."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

# Seconds between two sweeps: while all bells are heard, while some may be getting lost, and after some were.
SWEEP_INTERVAL = 15.0
SWEEP_INTERVAL_UNSURE = 5.0
SWEEP_INTERVAL_MISSED = 1.0


class Sweeps:
    """Decides when the hub compares its feeds with the database. Its methods run on the hub's event loop."""

    def __init__(
        self,
        hears_all: Callable[[], bool],
        sweep: Callable[[], Coroutine[Any, Any, None]],
        on_missed: Callable[[], Coroutine[Any, Any, None]],
    ) -> None:
        """`hears_all` tells whether all bells are heard; `on_missed` follows a sweep where some were lost."""
        self._hears_all, self._sweep, self._on_missed = hears_all, sweep, on_missed
        # When the latest sweep began, in seconds of the loop's clock, and whether bells were lost since.
        self._swept = 0.0
        self.has_missed = False

    def start(self) -> None:
        self._swept = asyncio.get_running_loop().time()

    def soon(self) -> None:
        """Bells were lost: what they told is looked for within about a second."""
        self.has_missed = True

    async def sweep_when_due(self) -> None:
        now = asyncio.get_running_loop().time()
        if self.has_missed:
            interval = SWEEP_INTERVAL_MISSED
        else:
            interval = SWEEP_INTERVAL if self._hears_all() else SWEEP_INTERVAL_UNSURE
        if now - self._swept < interval:
            return
        self._swept, has_missed, self.has_missed = now, self.has_missed, False
        try:
            await self._sweep()
            if has_missed:
                await self._on_missed()
        except Exception:
            self.has_missed |= has_missed
            raise
