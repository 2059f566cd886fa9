"""The index of messages is kept by the hub, little by little: SQLite's, and what PostgreSQL leaves to do."""

import asyncio
import logging
import time

from discuss import actions
from discuss.actions.pauses import pause_after
from discuss.db.workers import in_actor, log_failure
from discuss.live.periodic import RETRY_INTERVAL

logger = logging.getLogger(__name__)

# Seconds between two looks for new lines. Whoever searches does not wait for it.
INDEX_INTERVAL = 2.0


async def keep_index() -> None:
    """Put new lines into the index, and while there are none those from before there was one, for ever."""
    while True:
        begin = time.monotonic()
        try:
            is_busy = await in_actor(actions.index_new) or await in_actor(actions.index_old)
            # Else PostgreSQL does it within a post.
            await in_actor(actions.index_pending)
            pause = pause_after(begin) if is_busy else INDEX_INTERVAL
        except Exception as error:
            pause = RETRY_INTERVAL
            log_failure(logger, error, "The index of messages is not kept; the next try follows.")
        await asyncio.sleep(pause)
