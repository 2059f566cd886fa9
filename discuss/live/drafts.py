"""What stands in people's composers: kept here at once, and written once a second for all."""

import asyncio
import time
from collections.abc import Mapping
from typing import NamedTuple

from discuss import actions
from discuss.db.workers import in_actor

# Seconds in which a draft may arrive after the message that it became: as long as a dead connection is open.
LATE = 60.0


class Place(NamedTuple):
    """A place among the messages of one page: how many of them were answered before."""

    nonce: str
    answered: int

    def is_before(self, other: "Place") -> bool:
        """Whether both are of one page, and this was before the other."""
        return self.nonce == other.nonce and self.answered < other.answered


class Posted(NamedTuple):
    """A message that became one, up to this place, at this time of the monotonic clock."""

    upto: Place
    at: float


class Drafts:
    """The latest drafts, by membership. Its methods run on the hub's event loop, but `text` and `forget`."""

    def __init__(self) -> None:
        # What is not written yet, and what was written just now.
        self._waiting: dict[int, str] = {}
        self._written: Mapping[int, str] = {}
        # Of what page each latest draft is, and which messages became ones of late.
        self._places: dict[int, Place] = {}
        self._posted: dict[int, Posted] = {}
        self._writing = asyncio.Lock()

    def keep(self, membership_id: int, place: Place, text: str) -> None:
        """Keep what stands in a page's composer, unless that was sent meanwhile."""
        posted = self._posted.get(membership_id)
        if posted is None or not place.is_before(posted.upto):
            self._waiting[membership_id] = text
            self._places[membership_id] = place

    def note_posted(self, membership_id: int, upto: Place) -> None:
        """The page's messages up to this place are in the log: what it had kept of them is no draft."""
        self._posted[membership_id] = Posted(upto, time.monotonic())
        latest = self._places.get(membership_id)
        is_next = latest is not None and latest.nonce == upto.nonce and not latest.is_before(upto)
        if not is_next:
            # Of any process and time: the database is asked when this is written.
            self._waiting[membership_id] = ""

    def forget(self, membership_id: int) -> None:
        """Keep nothing of what came in of late; for any thread."""
        if self.text(membership_id):
            self._waiting[membership_id] = ""

    def text(self, membership_id: int) -> str | None:
        """Return what is kept where the database may not say it yet, else None; for any thread."""
        return self._waiting.get(membership_id, self._written.get(membership_id))

    async def write(self) -> None:
        """Write what waits, one after the other: else an older draft might be written over a newer one."""
        async with self._writing:
            await self._write(dict(self._waiting))

    async def _write(self, waiting: dict[int, str]) -> None:
        if waiting:
            await in_actor(actions.keep_drafts, waiting)
        # Whoever has read the database before that is told for a while what it did not say.
        self._written = waiting
        for pk, text in waiting.items():
            if self._waiting.get(pk) == text:
                del self._waiting[pk]
        since = time.monotonic() - LATE
        self._posted = {pk: each for pk, each in self._posted.items() if each.at > since}
        self._places = {
            pk: place
            for pk, place in self._places.items()
            if pk in self._waiting or pk in self._written or pk in self._posted
        }
