"""The presence table: where each process writes who is connected through it, and reads who is through others.

It is a table of the database, not the channel layer, so that who is here stays right while the layer is
down. With one process there is nobody to tell, and nothing is written.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from django.conf import settings

from discuss import actions
from discuss.db.workers import in_actor
from discuss.doorbell.ringer import PROCESS
from discuss.reading.presence import Connected, Here, read_beats, read_presence

logger = logging.getLogger(__name__)

# Seconds between two beats, by which the others know that this process lives; each time it looks for
# theirs, and for what no bell told.
BEAT_INTERVAL = 10.0
# Seconds after which a process whose beat stands still has ended. With the two intervals before, those
# who were connected through one that was killed are gone from the list after 50 seconds at most.
DEAD_AFTER = 30.0
# Seconds before a flush that failed is tried again.
RETRY_INTERVAL = 1.0

NOBODY = Here()


class Exchange(NamedTuple):
    """What a flush read: how often each process has beaten, and who is connected to the groups."""

    was_known: bool
    beats: dict[str, int]
    connected: list[Connected]


class PresenceTable:
    """This process's view of the table. Its methods run on the hub's event loop but `ask`."""

    def __init__(self, on_change: Callable[[int], None]) -> None:
        """`on_change` is called with each group in which others are connected elsewhere than before."""
        self._on_change = on_change
        self._watched: set[int] = set()
        self._mine: dict[int, Here] = {}
        self._elsewhere: dict[int, Here] = {}
        self._unwritten: set[int] = set()
        self._unread: set[int] = set()
        # Each process's beat, and when it was first seen, in seconds of the event loop's clock.
        self._beats: dict[str, tuple[int, float]] = {}
        self._wake = asyncio.Event()
        self._beat_due = 0.0

    @property
    def is_shared(self) -> bool:
        """Whether there may be other processes at all."""
        return bool(settings.REDIS_URL)

    def watch(self, group_id: int) -> None:
        """Read who is connected to the group through other processes: `on_change` tells."""
        if self.is_shared:
            self._watched.add(group_id)
            self._unread.add(group_id)
            self._wake.set()

    def watch_all(self) -> None:
        """Read all of it again: bells may have been lost."""
        self._unread |= self._watched
        self._wake.set()

    def show(self, group_id: int, here: Here) -> None:
        """Write who is connected to the group through this process."""
        if self.is_shared and self._mine.get(group_id, NOBODY) != here:
            self._mine[group_id] = here
            self._unwritten.add(group_id)
            self._wake.set()

    def close(self, group_id: int) -> None:
        """Nobody is connected to the group through this process any more."""
        self.show(group_id, NOBODY)
        self._watched.discard(group_id)
        self._elsewhere.pop(group_id, None)

    def elsewhere(self, group_id: int) -> Here:
        """Return who is connected through other processes, as it was read last."""
        return self._elsewhere.get(group_id, NOBODY)

    def ask(self, group_id: int) -> Here:
        """Read who is connected to a group that this process has no pages of; for a worker thread."""
        if not self.is_shared:
            return NOBODY
        return NOBODY.and_those(*(each.here for each in read_presence([group_id])))

    async def run(self) -> None:
        """Exchange for ever."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(self._beat_due):
                    await self._wake.wait()
            self._wake.clear()
            try:
                await self._exchange()
            except Exception as error:
                logger.warning("Who is here could not be exchanged (%r); trying again.", error)
                self._wake.set()
                await asyncio.sleep(RETRY_INTERVAL)

    async def leave(self) -> None:
        """Take this process from the table, as at its end."""
        if self.is_shared:
            await in_actor(actions.forget_process, PROCESS)

    async def _exchange(self) -> None:
        now = asyncio.get_running_loop().time()
        beats = now >= self._beat_due
        unwritten, self._unwritten = self._unwritten, set()
        unread, self._unread = (set(self._watched) if beats else self._unread), set()
        mine = {group_id: self._mine.get(group_id, NOBODY) for group_id in unwritten}
        try:
            exchange = await in_actor(_exchange, mine, unread, beats=beats)
        except Exception:
            self._unwritten |= unwritten
            self._unread |= unread
            # The others could not beat either, as far as anybody knows.
            self._beats = {}
            raise
        if beats:
            self._beat_due = now + BEAT_INTERVAL
        if not exchange.was_known:
            # Just started, or so slow that the others took it for dead: all of it is written again.
            self._unwritten |= self._mine.keys()
            self._wake.set()
        for group_id in unwritten & self._mine.keys():
            if self._mine[group_id] == NOBODY:
                del self._mine[group_id]
        self._take(exchange.connected, unread & self._watched)
        await self._forget_dead(exchange.beats, now)

    def _take(self, connected: list[Connected], group_ids: set[int]) -> None:
        through: dict[int, list[Here]] = {group_id: [] for group_id in group_ids}
        for each in connected:
            if each.group_id in through:
                through[each.group_id].append(each.here)
        for group_id, some in through.items():
            here = NOBODY.and_those(*some)
            if self.elsewhere(group_id) != here:
                self._elsewhere[group_id] = here
                self._on_change(group_id)

    async def _forget_dead(self, beats: dict[str, int], now: float) -> None:
        for name, beat in beats.items():
            if self._beats.get(name, (None, 0))[0] != beat:
                self._beats[name] = beat, now
        self._beats = {name: seen for name, seen in self._beats.items() if name in beats}
        dead = {
            name: beat
            for name, (beat, since) in self._beats.items()
            if name != PROCESS and now - since > DEAD_AFTER
        }
        for name, beat in dead.items():
            # Its bells bring the lists of everybody up to date, this process's too.
            await in_actor(actions.forget_process, name, beat=beat)


def _exchange(mine: dict[int, Here], group_ids: set[int], *, beats: bool) -> Exchange:
    was_known = actions.beat(PROCESS) if beats else True
    if mine:
        actions.show_presence(PROCESS, mine)
    connected = [each for each in read_presence(group_ids) if each.process != PROCESS]
    return Exchange(was_known, read_beats(), connected)
