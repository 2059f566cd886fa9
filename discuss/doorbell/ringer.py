"""The road of bells from any thread to the channel layer."""

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import uuid4

from channels.layers import get_channel_layer

from discuss import metrics
from discuss.doorbell.bell import Bell
from discuss.limits import limits

logger = logging.getLogger(__name__)

# The channel layer's group that every process's hub is in.
LAYER_GROUP = "doorbell"
# What this process is called among the others, from its start to its end.
PROCESS = uuid4().hex
# Seconds that one ring may take before the layer counts as down.
RING_TIMEOUT = 1.0
# Seconds between two tries to ring while the layer is down.
RING_AGAIN = 1.0
# People of whom one ring says that they are typing, and seconds between two rings for that alone.
TYPISTS_TOLD = 200
TYPING_PAUSE = 1.0


class Ringer:
    """Takes bells from any thread to the event loop, and rings the layer from there.

    A worker thread only hands a bell over, so that a slow layer never holds it. What waits for the layer
    is kept once per bell. Rings are numbered: whoever hears the one after a ring that was lost knows it,
    and looks for itself; so what could not be rung is forgotten.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._hear: Callable[[Bell], None] | None = None
        self._waiting: dict[tuple[str, int, int], Bell] = {}
        self._ringing: asyncio.Task[None] | None = None
        self._number = 0
        # Who is typing where, by what name, for the next ring; and when that may be, by the loop's clock.
        self._typing: dict[tuple[int, int], str] = {}
        self._typing_due = 0.0
        # Rings that failed since the layer went down.
        self._failures = 0

    def attach(self, loop: asyncio.AbstractEventLoop, hear: Callable[[Bell], None]) -> None:
        with self._lock:
            self._loop, self._hear = loop, hear
            self._waiting, self._ringing, self._typing = {}, None, {}
            self._typing_due = 0.0

    async def detach(self) -> None:
        with self._lock:
            self._loop = self._hear = None
            ringing, self._ringing = self._ringing, None
        if ringing is not None:
            with suppress(TimeoutError):
                # Cancels it when its time is over.
                await asyncio.wait_for(ringing, RING_TIMEOUT)

    def hand_over(self, bell: Bell) -> None:
        with self._lock:
            # Without a hub (a management command) the others' sweeps find the change.
            if self._loop is not None and not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self._take, bell)

    def tell_typing(self, group_id: int, user_id: int, name: str) -> None:
        if self._hear is None or len(self._typing) >= TYPISTS_TOLD:
            return
        if not self._typing:
            loop = asyncio.get_running_loop()
            self._typing_due = max(self._typing_due, loop.time())
            loop.call_at(self._typing_due, self.beat)
            self._typing_due += TYPING_PAUSE
        self._typing[group_id, user_id] = name

    def beat(self) -> None:
        # A ring that is under way is one already, and goes on until the layer takes it.
        if self._ringing is None and self._hear is not None:
            self._ringing = asyncio.create_task(self._ring())

    def _take(self, bell: Bell) -> None:
        if self._hear is None:
            return
        self._hear(bell)
        earlier = self._waiting.get(bell.key, bell)
        self._waiting[bell.key] = max(bell, earlier)
        self.beat()

    async def _ring(self) -> None:
        try:
            while True:
                bells, self._waiting = list(self._waiting.values()), {}
                if not await self._ring_once(bells):
                    # Again, if for nothing else so that the others hear of the number they missed.
                    await asyncio.sleep(RING_AGAIN)
                elif not self._waiting:
                    return
        finally:
            if self._ringing is asyncio.current_task():
                self._ringing = None

    async def _ring_once(self, bells: list[Bell]) -> bool:
        self._number += 1
        typing, self._typing = self._typing, {}
        message: dict[str, Any] = {
            "type": "doorbell.rung",
            "from": PROCESS,
            "number": self._number,
            "bells": [list(bell) for bell in bells],
            # Not a bell: what people did counts in all processes. It may be lost with the ring.
            "taken": limits.untold(),
            "typing": [[*place, name] for place, name in typing.items()],
        }
        try:
            async with asyncio.timeout(RING_TIMEOUT):
                await get_channel_layer().group_send(LAYER_GROUP, message)
        except Exception as error:  # the layer may fail in its own ways; bells may be lost
            if not self._failures:
                logger.warning("The channel layer is down (%r); sweeps go on.", error)
            self._failures += 1
            metrics.RINGS_FAILED.inc()
            return False
        if self._failures:
            logger.warning("The channel layer is back; %d rings had failed.", self._failures)
            self._failures = 0
        return True
