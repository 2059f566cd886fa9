"""What keeps the filters current in this process, and writes how often they have hit."""

import asyncio
import logging
from contextlib import suppress

from discuss import actions
from discuss.db.workers import in_actor, in_worker, log_failure
from discuss.reading.filters import known_filters

logger = logging.getLogger(__name__)

# Seconds between two looks for what no bell told.
FILTERS_INTERVAL = 10.0


class FilterKeeper:
    """Reads them at the start, at a bell, and from time to time. Its methods run on the hub's event loop."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """They may have changed."""
        self._rung.set()

    async def run(self) -> None:
        """Keep them current, for ever."""
        while True:
            self._rung.clear()
            await self.renew()
            with suppress(TimeoutError):
                async with asyncio.timeout(FILTERS_INTERVAL):
                    await self._rung.wait()

    async def renew(self) -> None:
        """Read them now. Where the database is away, those that are known stay."""
        try:
            await in_worker(known_filters.renew)
        except Exception as error:
            log_failure(logger, error, "The filters could not be read; the next look will.")


async def write_hits() -> None:
    """Write how often filters have hit since the last time."""
    if actions.has_filter_hits():
        await in_actor(actions.write_filter_hits)
