"""Messages from before there was an index are put into it by the hub, little by little."""

import asyncio
import logging
import time

from discuss import actions
from discuss.actions.pauses import pause_after
from discuss.db.workers import in_actor, log_failure
from discuss.live.periodic import RETRY_INTERVAL

logger = logging.getLogger(__name__)


async def index_old_messages() -> None:
    """Put them into the index, the latest first, until all of them are in it."""
    while True:
        begin = time.monotonic()
        try:
            if not await in_actor(actions.index_some):
                return
            pause = pause_after(begin)
        except Exception as error:
            pause = RETRY_INTERVAL
            log_failure(
                logger, error, "Old messages are not in the index yet; the next try follows."
            )
        await asyncio.sleep(pause)
