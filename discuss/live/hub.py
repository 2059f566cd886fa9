"""The hub: every open page of this process, and what makes each of them current.

It hears the doorbell, wakes the feed it concerns, sweeps for what no bell told, sends signs of life, and
closes the pages of people who may not be here any more. It lives on one event loop and starts with the
first page (Daphne announces no start of its own).
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Collection, Coroutine
from functools import cache
from typing import Any

from discuss import doorbell
from discuss.doorbell.bell import Bell
from discuss.doorbell.listener import BEAT_INTERVAL, Listener
from discuss.live.drafts import Drafts
from discuss.live.networks import end_if_barred
from discuss.live.periodic import every
from discuss.live.revocation import Revocation
from discuss.live.subscriptions import Subscriptions
from discuss.live.sweeps import Sweeps
from discuss.live.upkeep import Upkeep
from discuss.live.viewer import Viewer, in_slices
from discuss.live.waking import Waking
from discuss.reading.networks import known_networks
from discuss.rendering import fragments
from discuss.rules.unread import Marking
from discuss.server.wire import Prepared
from discuss.site import site
from discuss.token_sheet import token_sheet

logger = logging.getLogger(__name__)

# Seconds between two looks at whether a sweep is due.
SWEEP_LOOK = 0.5
# Seconds between two checks that every page's session and membership still stand: with the time that one
# takes, 15.
REVOCATION_INTERVAL = 10.0
# Seconds between two times that what was read is written.
MARKS_INTERVAL = 1.0
# Seconds between two times that what people are writing is kept.
DRAFTS_INTERVAL = 1.0
# Seconds between two signs of life; pages say that they are reconnecting after 30 without one.
STATUS_INTERVAL = 20.0
# Seconds that the presence table may take to be told that this process ends.
LEAVE_WITHIN = 0.5


class Hub:
    """All open pages of this process. Its methods run on the event loop that started it."""

    def __init__(self) -> None:
        self.drafts = Drafts(self._show_drafts)
        self.subscriptions = Subscriptions(self.has_draft)
        self._waking = Waking(self.subscriptions)
        self._people: defaultdict[int, set[Viewer]] = defaultdict(set)
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.sweeps = Sweeps(
            lambda: self._listener.hears_all, self.subscriptions.sweep, self._look_for_all
        )
        self._listener = self._new_listener()
        self.revocation = Revocation(self._people, self.subscriptions.groups)
        self.upkeep = self._new_upkeep()
        # This process is about to end: new visitors had better go elsewhere.
        self.is_leaving = False

    # --- pages come and go --------------------------------------------------------------------------

    def arrive(self, viewer: Viewer, since: float) -> None:
        """Know the page from now on, so that it is closed when its session ends.

        `since` is when its session began to be read, after `start`: bells heard meanwhile are heard again.
        """
        self._people[viewer.user_id].add(viewer)
        self.revocation.look_where_rung(viewer.user_id, since)
        # Its network may have been blocked since the handshake looked.
        end_if_barred(viewer)

    def leave(self, viewer: Viewer) -> None:
        """The page is closed: nothing more is written to it."""
        viewer.is_open = False
        self.subscriptions.leave(viewer)
        if viewer.user_id in self._people:
            self._people[viewer.user_id].discard(viewer)
            if not self._people[viewer.user_id]:
                del self._people[viewer.user_id]

    # --- what people read, and how many pages are open ------------------------------------------------

    def being_read(self, user_id: int) -> Collection[int]:
        """Return the groups that this person is reading at this moment; for a worker thread."""
        return self.subscriptions.marks.being_read(user_id)

    def read_upto(self, user_id: int, group_id: int, marking: Marking) -> int:
        """Return how far this person has read, where the database may not say it yet; for any thread."""
        return self.subscriptions.marks.read_upto(user_id, group_id, marking)

    def has_draft(self, membership_id: int, is_stored: bool) -> bool:
        """Return whether there is a draft, where the database says whether it has one; for any thread."""
        return self.drafts.has(membership_id, is_stored)

    def count_pages(self, user_id: int) -> int:
        """Return how many pages the person has open."""
        return sum(viewer.is_open for viewer in self._people.get(user_id, ()))

    def count_all_pages(self) -> int:
        """Return how many pages this process has open."""
        return sum(map(len, self._people.values()))

    # --- bells --------------------------------------------------------------------------------------

    def hear(self, bell: Bell) -> None:
        """Wake whom the bell concerns. Hearing one twice, late or for nothing is harmless."""
        if bell.kind == "person":
            self._hear_of_person(bell.pk)
        elif not self._waking.hear(bell):
            self.upkeep.hear(bell)

    def _hear_own(self, bell: Bell) -> None:
        """Hear a bell of this process; what is read here it knows already."""
        if bell.kind != "read":
            self.hear(bell)

    def _show_drafts(self, user_id: int) -> None:
        """Have the person's pages show where they have drafts; for any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._waking.ring_read, user_id)

    def show_typing(self, group_id: int, user_id: int, name: str) -> None:
        """Have the group's pages show that somebody is typing who has no page; for any thread."""
        if self._loop is not None and not self._loop.is_closed():
            tell = self.subscriptions.tell_typing
            self._loop.call_soon_threadsafe(tell, group_id, user_id, name)

    def _hear_of_person(self, user_id: int) -> None:
        if user_id in self._people:
            self._waking.ring_person(user_id)
        self.revocation.hear(user_id)

    # --- life ---------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to hear and to sweep on the running loop; started already, it does nothing."""
        loop = asyncio.get_running_loop()
        if self._loop is loop:
            return
        self._loop = loop
        doorbell.attach(loop, self._hear_own)
        self._begin(self._listener.run())
        if self.subscriptions.presence.is_shared:
            self._begin(self.subscriptions.presence.run())
        self.sweeps.start()
        self._begin(doorbell.beat())
        self._begin(every(BEAT_INTERVAL, doorbell.beat))
        self._begin(every(SWEEP_LOOK, self.sweeps.sweep_when_due))
        self._begin(every(REVOCATION_INTERVAL, self.revocation.check_sessions))
        self._begin(every(REVOCATION_INTERVAL, self.revocation.check_members))
        self._begin(every(STATUS_INTERVAL, self.renew_status))
        self._begin(every(MARKS_INTERVAL, self.subscriptions.marks.write))
        self._begin(every(DRAFTS_INTERVAL, self.drafts.write))
        for work in self.upkeep.works():
            self._begin(work)

    async def stop(self) -> None:
        """End everything that runs, as at the end of the process."""
        await self._write_last()
        await doorbell.detach()
        self.subscriptions.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.upkeep.stop()
        await self.revocation.stop()
        self.subscriptions.forget()
        self._people.clear()
        self._tasks.clear()
        self._loop = None
        self._listener = self._new_listener()
        self.upkeep = self._new_upkeep()
        self.drafts = Drafts(self._show_drafts)

    async def know_networks(self) -> None:
        """See that it is read which networks are blocked before the first page is shown."""
        if not known_networks.is_known:
            await self.upkeep.networks.renew()

    async def know_site(self) -> None:
        """See that the site's name, words and token sheet are read before the first page shows them."""
        if not (site.is_known and token_sheet.is_known):
            await self.upkeep.site.renew()

    async def renew_status(self) -> None:
        """Write the sign of life to every page."""
        status = cache(lambda audience: Prepared(fragments.status_renewed(audience)))
        async for viewers in in_slices(self.subscriptions.viewers):
            for viewer in viewers:
                viewer.write_prepared(status(viewer.audience))

    async def _write_last(self) -> None:
        """Write what the others have to know of this process, and what was read and written here."""
        if self._loop is not None:
            try:
                # The database may hang, and the bells are still to be rung.
                async with asyncio.timeout(LEAVE_WITHIN):
                    await self.subscriptions.marks.write()
                    await self.drafts.write()
                    await self.upkeep.write()
                    await self.subscriptions.presence.leave()
            except Exception as error:
                logger.warning("The others were not told that this process ends: %r", error)

    def _new_listener(self) -> Listener:
        return Listener(self.hear, self.sweeps.soon, self.subscriptions.hear_typing)

    def _new_upkeep(self) -> Upkeep:
        return Upkeep(lambda: self.is_leaving, self._all_pages)

    def _all_pages(self) -> list[Viewer]:
        return [viewer for pages in self._people.values() for viewer in pages]

    async def _look_for_all(self) -> None:
        """Look for what any bell may have told besides: of the site, filters, people, and who is here."""
        self.upkeep.look()
        await self.revocation.check_sessions()
        self.subscriptions.presence.watch_all()

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


hub = Hub()
