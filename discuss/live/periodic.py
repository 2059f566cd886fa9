"""Work that is done again and again, for as long as the process lives."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from discuss.db.workers import log_failure

logger = logging.getLogger(__name__)

# Seconds before something that failed is tried again.
RETRY_INTERVAL = 5.0


async def every(seconds: float, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Do this every so many seconds; sooner again where it failed."""
    pause = seconds
    while True:
        await asyncio.sleep(pause)
        try:
            await work()
            pause = seconds
        except Exception as error:
            pause = min(seconds, RETRY_INTERVAL)
            log_failure(logger, error, "%s failed and will be tried again.", work.__name__)
