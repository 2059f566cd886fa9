"""The end of a process: what runs is finished, pages are sent away, and then it does end."""

import asyncio
import logging
import random
from typing import TYPE_CHECKING

from discuss.server.endpoints import stop_listening
from discuss.server.websocket import SETTLE_WITHIN, Socket

if TYPE_CHECKING:
    from discuss.server.server import Server

logger = logging.getLogger(__name__)

# Seconds over which the sockets are closed, so that the other processes do not get everybody at once:
# this much for each, and no more than this for all.
SPREAD_EACH = 0.02
SPREAD = 5.0
# Seconds in which a connection without a request may still bring one: a proxy may be about to use it.
LINGER = 1.0
# Seconds in which all that must be over: longer than the last socket's SPREAD and SETTLE_WITHIN.
DRAIN_WITHIN = 15.0
# The same after Ctrl-C, when somebody waits; and how much of it a socket's application has.
HURRY_WITHIN = 3.0
HURRY_SETTLE_WITHIN = 2.0
# Seconds that the application has for its own end, and then each part of it that did not end.
EXIT_WITHIN = 1.5
# Seconds after the signal when the process is ended whatever hangs: a worker thread that waits for a
# database cannot be stopped, and Python waits for it.
END_WITHIN = 19.0

_TICK = 0.05


async def drain(server: "Server", *, is_hurried: bool) -> None:
    """Stop taking connections, finish requests, close sockets with 1012, end the application."""
    clock = asyncio.get_running_loop().time
    begin = clock()
    server.is_draining = True
    server.on_drain()
    # At once, without a pause in which balancers could find out: they ask /readyz every few seconds at
    # best, and whoever is refused a connection goes to another process there and then.
    for port in server.ports:
        stop_listening(port)
    closing = _send_away(server.sockets, is_hurried=is_hurried)
    end = begin + (HURRY_WITHIN if is_hurried else DRAIN_WITHIN)
    while clock() < end and (server.channels or server.sockets or server.tasks):
        if is_hurried or clock() > begin + LINGER:
            for channel in list(server.channels):
                if channel.is_idle:
                    channel.loseConnection()
        await asyncio.sleep(_TICK)
    try:
        async with asyncio.timeout(EXIT_WITHIN):
            await server.on_exit()
    except Exception:
        logger.exception("The application could not end in order.")
    left = {*server.tasks, *closing}
    for task in left:
        task.cancel()
    if left:
        await asyncio.wait(left, timeout=EXIT_WITHIN)


def _send_away(sockets: list[Socket], *, is_hurried: bool) -> list[asyncio.Future[None]]:
    """Close the sockets one after the other, in no order, each when its application can."""
    random.shuffle(sockets)
    pause = 0.0 if is_hurried else min(SPREAD_EACH, SPREAD / max(1, len(sockets)))
    within = HURRY_SETTLE_WITHIN if is_hurried else SETTLE_WITHIN

    async def send_away(socket: Socket, moment: float) -> None:
        await asyncio.sleep(moment)
        await socket.leave(within)

    return [
        asyncio.ensure_future(send_away(socket, number * pause))
        for number, socket in enumerate(sockets)
    ]
