"""What stands in people's composers: kept here at once, and written once a second for all."""

import asyncio
import time
from collections.abc import Callable, Mapping
from threading import Lock
from typing import NamedTuple

from discuss import actions
from discuss.db.workers import in_actor
from discuss.models import Membership
from discuss.rules.drafts import Drafts as Texts, Ended, Event, Place, Typed, after

# Seconds in which a draft may arrive after the message that it became: as long as a dead connection is open.
LATE = 60.0

type Events = tuple[Event, ...]


class Posted(NamedTuple):
    """A page's messages before this place are in the log, since this time of the monotonic clock."""

    upto: Place
    at: float


class Drafts:
    """What happened to drafts of late, by membership. Its methods are for any thread, but `write`."""

    def __init__(self, on_change: Callable[[int], None] = lambda user_id: None) -> None:
        """`on_change` is called with whoever has a draft now where there was none, or none any more."""
        self._on_change = on_change
        self._lock = Lock()
        # What is not written yet, and what was written just now.
        self._waiting: dict[int, Events] = {}
        self._written: Mapping[int, Events] = {}
        # Which messages became ones of late.
        self._posted: dict[int, Posted] = {}
        self._writing = asyncio.Lock()

    def keep(self, member: Membership, typed: Typed) -> None:
        """Keep what stands in a page's composer, unless that was sent meanwhile."""
        place, text, _ = typed.kept
        posted = self._posted.get(member.pk)
        if posted is not None and place.is_before(posted.upto):
            return
        emptied = Ended(Place(place.nonce, place.answered + 1), shown=typed.shown)
        self._note(member, typed if text else emptied)

    def note_posted(self, member: Membership, ended: Ended) -> None:
        """A page's message is in the log: what the page had kept of it is no draft."""
        self._posted[member.pk] = Posted(ended.upto, time.monotonic())
        self._note(member, ended)

    def latest(self, membership_id: int, stored: Texts) -> Texts:
        """Return the drafts of a membership, of which the database says these: it may not say all yet."""
        noted = self._written.get(membership_id, ()), self._waiting.get(membership_id, ())
        return after((*noted[0], *noted[1]), stored)

    def has(self, membership_id: int, is_stored: bool) -> bool:
        """Return whether there is a draft, where the database says whether it has one."""
        return bool(self.latest(membership_id, ())) or is_stored

    async def write(self) -> None:
        """Write what waits, one after the other: else an older draft might be written over a newer one."""
        async with self._writing:
            await self._write(dict(self._waiting))

    def _note(self, member: Membership, event: Event) -> None:
        with self._lock:
            before = self.latest(member.pk, ())
            self._waiting[member.pk] = (*self._waiting.get(member.pk, ()), event)
        if bool(before) != bool(event.applied(before)):
            self._on_change(member.user_id)

    async def _write(self, waiting: dict[int, Events]) -> None:
        if waiting:
            await in_actor(actions.keep_drafts, waiting)
        with self._lock:
            # Whoever has read the database before that is told for a while what it did not say.
            self._written = waiting
            rest = {pk: some[len(waiting.get(pk, ())) :] for pk, some in self._waiting.items()}
            self._waiting = {pk: some for pk, some in rest.items() if some}
        since = time.monotonic() - LATE
        self._posted = {pk: each for pk, each in self._posted.items() if each.at > since}
