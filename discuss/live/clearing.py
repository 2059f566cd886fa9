"""What has expired is deleted by the hub, from time to time: nobody has to think of it."""

import asyncio
import logging

from discuss.accounts import counts, sessions
from discuss.actions import bans, filtering, invitations, networks, pace, plays, sign_ups
from discuss.db.workers import in_actor, log_failure

logger = logging.getLogger(__name__)

# Rows deleted in one transaction, which others wait for, and seconds between two of them.
AT_ONCE = 200
PAUSE = 0.2


async def clear_expired() -> None:
    """Delete what is over: sessions, counts, invitations, waits, utterances, addresses, blocks, plays.

    Bans end besides. Others may do so as well. Where one of these fails, the others are done all the same.
    """
    for clear in (
        sessions.clear_expired,
        counts.clear_expired,
        invitations.clear_ended,
        filtering.clear_utterances,
        bans.end_bans,
        pace.clear_old,
        networks.clear_seen,
        networks.clear_ended,
        sign_ups.clear_refused,
        plays.clear_old,
    ):
        try:
            while await in_actor(clear, AT_ONCE) >= AT_ONCE:  # noqa: ASYNC110 - it is work, not a wait
                await asyncio.sleep(PAUSE)
        except Exception as error:
            name = f"{clear.__module__}.{clear.__name__}"
            log_failure(logger, error, "%s failed and will be tried again.", name)
