"""This process's ear at the channel layer: what other processes ring, and whether it would be heard."""

import asyncio
import logging
from collections.abc import Callable

from channels.layers import get_channel_layer

from discuss import metrics
from discuss.doorbell.bell import Bell
from discuss.doorbell.ringer import LAYER_GROUP, PROCESS
from discuss.limits import limits

logger = logging.getLogger(__name__)

# Seconds between two beats of each process: rings for nothing, by which it knows that it is heard.
BEAT_INTERVAL = 2.0
# Seconds without one's own beat, or another process's, after which bells may be getting lost.
DEAF_AFTER = 5.0
# Seconds that another process may be silent before it counts as gone, and not as unheard.
GONE_AFTER = 60.0
# Seconds before a channel layer that failed is listened to again.
LISTEN_AGAIN = 1.0


class Listener:
    """Hears the bells of the other processes. Its methods run on the hub's event loop.

    A channel layer that lost its connection may look the same as one where nobody rings. So each process
    rings for nothing too, and listens for itself; and its rings are numbered, so that one that was lost
    shows in the next.
    """

    def __init__(
        self,
        hear: Callable[[Bell], None],
        hear_again: Callable[[], None],
        hear_typing: Callable[[int, int, str], None],
    ) -> None:
        """`hear_again` is called when bells may have been missed, and are heard from now on.

        `hear_typing` is told a group and who is typing there, by key and name.
        """
        self._hear_typing = hear_typing
        self._hear = hear
        self._hear_again = hear_again
        # When each process was heard last, in seconds of the event loop's clock.
        self._heard: dict[str, float] = {}
        # The number of each process's latest ring.
        self._numbers: dict[str, int] = {}
        self._is_down = False

    @property
    def hears_all(self) -> bool:
        """Whether every process's bells have been heard of late, this one's included."""
        now = asyncio.get_running_loop().time()
        silent = {name: now - heard for name, heard in self._heard.items()}
        return silent.pop(PROCESS, DEAF_AFTER) < DEAF_AFTER and not any(
            DEAF_AFTER <= seconds < GONE_AFTER for seconds in silent.values()
        )

    async def run(self) -> None:
        """Listen for ever."""
        while True:
            try:
                await self._listen()
            except Exception as error:  # the layer may fail in its own ways; sweeps go on
                if not self._is_down:
                    logger.warning("The channel layer cannot be heard (%r); trying again.", error)
                self._is_down = True
                await asyncio.sleep(LISTEN_AGAIN)

    async def _listen(self) -> None:
        layer = get_channel_layer()
        try:
            async with asyncio.timeout(DEAF_AFTER):
                channel = await layer.new_channel()
                await layer.group_add(LAYER_GROUP, channel)
            while True:
                async with asyncio.timeout(DEAF_AFTER):
                    message = await layer.receive(channel)
                self._take(message["from"], message["number"], message["bells"])
                if message["from"] != PROCESS:
                    # Processes of an older version do not tell it.
                    limits.hear(message.get("taken", ()))
                    for group_id, user_id, name in message.get("typing", ()):
                        self._hear_typing(int(group_id), int(user_id), str(name))
        except Exception:
            # With new connections: one that died in silence would be waited on for ever.
            async with asyncio.timeout(DEAF_AFTER):
                await layer.flush()
            raise

    def _take(self, sender: str, number: int, bells: list[list[str | int]]) -> None:
        heard_all = self.hears_all
        missed = number - 1 - self._numbers.get(sender, number - 1)
        metrics.RINGS_MISSED.inc(max(0, missed))
        now = asyncio.get_running_loop().time()
        self._heard[sender] = now
        self._heard = {name: at for name, at in self._heard.items() if now - at < GONE_AFTER}
        self._numbers[sender] = number
        self._numbers = {name: self._numbers[name] for name in self._heard}
        if self._is_down:
            logger.warning("The channel layer is heard again.")
            self._is_down = False
        if missed or (not heard_all and self.hears_all):
            self._hear_again()
        if sender != PROCESS:  # its own were heard when they were rung
            for kind, pk, head in bells:
                self._hear(Bell(str(kind), int(pk), int(head)))
