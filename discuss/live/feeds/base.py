"""What all feeds are: a task that flushes when it is rung, and not too often."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

from discuss import metrics
from discuss.db.workers import log_failure
from discuss.live.viewer import Viewer

logger = logging.getLogger(__name__)

# Seconds before a flush that failed is tried again.
RETRY_INTERVAL = 1.0


class Ring(asyncio.Event):
    """Whether a feed was rung, and since when, in seconds of the monotonic clock."""

    since = 0.0

    def set(self) -> None:
        if not self.is_set():
            self.since = time.monotonic()
        super().set()


class Feed:
    """The open pages of one place in this process, and the task that keeps them current.

    The first ring after a pause is answered at once; then a flush begins every `flush_interval` seconds at
    most, and what was rung meanwhile is one flush. One that takes longer, as in a big room, leaves the others
    half as long again. A flush that fails (the database is away) is tried again.
    """

    # What its numbers are called in metrics.
    kind: str
    flush_interval: float

    def __init__(self, name: str, on_empty: Callable[[], Any]) -> None:
        self.name = name
        self._on_empty = on_empty
        self._rung = Ring()
        self._is_resting = False
        counts = (metrics.FLUSH_WAIT, metrics.FLUSH, metrics.DELIVERY)
        self._waits, self._flushes, self._deliveries = (each.labels(self.kind) for each in counts)
        self._task = asyncio.create_task(self._run())

    @property
    def is_idle(self) -> bool:
        """Whether all that was rung so far is answered."""
        return self._task.done() or (self._is_resting and not self._rung.is_set())

    @property
    def is_empty(self) -> bool:
        raise NotImplementedError

    def leave(self, viewer: Viewer) -> None:
        """The page is closed."""
        raise NotImplementedError

    async def flush(self) -> None:
        """Read what may have changed, and write it to whom it concerns."""
        raise NotImplementedError

    async def rest(self, seconds: float) -> None:
        """Wait until the next flush may begin."""
        await asyncio.sleep(seconds)

    def stop(self) -> None:
        self._task.cancel()

    async def _run(self) -> None:
        while True:
            self._is_resting = True
            await self._rung.wait()
            self._is_resting = False
            self._rung.clear()
            if self.is_empty:
                self._on_empty()
                return
            since, begun = self._rung.since, time.monotonic()
            self._waits.observe(begun - since)
            try:
                await self.flush()
            except Exception as error:
                log_failure(logger, error, "The feed of %s will try again.", self.name)
                self._rung.set()
                # What it has to deliver has waited since then.
                self._rung.since = since
                await asyncio.sleep(RETRY_INTERVAL)
            else:
                ended = time.monotonic()
                taken = ended - begun
                self._flushes.observe(taken)
                self._deliveries.observe(ended - since)
                await self.rest(max(self.flush_interval - taken, taken / 2))
                if self.is_empty:
                    self._rung.set()
