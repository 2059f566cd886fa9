"""SQLite's index of messages is completed by the hub, little by little; PostgreSQL keeps its own."""

import asyncio
import logging
import time

from discuss import actions
from discuss.actions.pauses import pause_after
from discuss.db.workers import in_actor, log_failure
from discuss.live.periodic import RETRY_INTERVAL

logger = logging.getLogger(__name__)

# Seconds between two looks for messages that a process of the version before has left out.
MISSED_INTERVAL = 60.0


async def complete_index() -> None:
    """Put into the index what was written before there was one, and then what others leave out."""
    reached: int | None = None
    is_all_old = False
    while True:
        begin = time.monotonic()
        try:
            if not is_all_old:
                is_all_old = not await in_actor(actions.index_some)
                pause = pause_after(begin)
            else:
                before, reached = reached, await in_actor(actions.index_missed, reached)
                if reached is None:
                    return
                pause = MISSED_INTERVAL if reached == before else pause_after(begin)
        except Exception as error:
            pause = RETRY_INTERVAL
            log_failure(logger, error, "The index is not complete yet; the next try follows.")
        await asyncio.sleep(pause)
