"""What keeps the site's name and words current in this process."""

import asyncio
import logging
from contextlib import suppress

from discuss.db.workers import in_worker, log_failure
from discuss.reading.site import read_site
from discuss.site import site

logger = logging.getLogger(__name__)

# Seconds between two looks for what no bell told.
SITE_INTERVAL = 10.0


class SiteKeeper:
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
                async with asyncio.timeout(SITE_INTERVAL):
                    await self._rung.wait()

    async def renew(self) -> None:
        """Read them now. Where the database is away, what is known stays."""
        try:
            site.keep(*await in_worker(read_site))
        except Exception as error:
            log_failure(
                logger, error, "What the site is called could not be read; the next look will."
            )
