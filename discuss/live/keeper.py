"""What keeps something current in this process that every page needs, so that no page asks the database."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from discuss.db.workers import in_worker, log_failure

logger = logging.getLogger(__name__)

# Seconds between two looks for what no bell told.
KEEPER_INTERVAL = 10.0


class Keeper:
    """Reads it at the start, at a bell, and from time to time. Its methods run on the hub's event loop."""

    def __init__(self, read: Callable[[], Any], failure: str) -> None:
        """`read` runs in a worker thread and keeps what it reads; `failure` is logged where it cannot."""
        self._read, self._failure = read, failure
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """It may have changed."""
        self._rung.set()

    async def run(self) -> None:
        """Keep it current, for ever."""
        while True:
            self._rung.clear()
            await self.renew()
            with suppress(TimeoutError):
                async with asyncio.timeout(KEEPER_INTERVAL):
                    await self._rung.wait()

    async def renew(self) -> None:
        """Read it now. Where the database is away, what is known stays."""
        try:
            await in_worker(self._read)
        except Exception as error:
            log_failure(logger, error, self._failure)
