"""Whether the people of open pages may still be here, and are still called so: looked at in no hurry."""

import asyncio
import logging
from collections.abc import AsyncIterator, Collection, Mapping
from itertools import batched

from discuss.db.workers import in_worker, log_failure
from discuss.live.farewells import not_admitted
from discuss.live.feeds.group import GroupFeed
from discuss.live.names import show_name
from discuss.live.viewer import Viewer
from discuss.reading.lobby import read_open
from discuss.reading.log import read_heads, read_standing
from discuss.reading.visitor import read_people
from discuss.rendering.audience import Audience
from discuss.rules.roles import MEMBER
from discuss.server.protocol import CLOSE_RESTART

logger = logging.getLogger(__name__)

# Sessions, or groups, that are checked in one crossing, 5 ms of work, and the seconds between two of them.
CHECKED_AT_ONCE = 50
CHECK_PAUSE = 0.02
# Seconds after a person's bell when their sessions are looked at. It rings when the change is committed; a
# signal of a package's may come before.
LOOKS = (0.0, 0.5, 1.5)
# Seconds that a bell is remembered for those who are on their way in: longer than a handshake may take.
REMEMBERED = 30.0


class Revocation:
    """Closes the pages of people whose session or membership has ended."""

    def __init__(
        self, people: Mapping[int, Collection[Viewer]], feeds: Mapping[int, GroupFeed]
    ) -> None:
        """`people` are the open pages of each person, `feeds` those of groups; both as they change."""
        self._people = people
        self._feeds = feeds
        # When each person's latest bell was heard, the oldest first, in seconds of the loop's clock.
        self._rung: dict[int, float] = {}
        self._looking: set[asyncio.Task[None]] = set()

    def hear(self, user_id: int) -> None:
        """Look at this person's sessions: something about them has changed, or is about to."""
        now = asyncio.get_running_loop().time()
        self._rung.pop(user_id, None)
        self._rung[user_id] = now
        while self._rung[oldest := next(iter(self._rung))] < now - REMEMBERED:
            del self._rung[oldest]
        if user_id in self._people:
            self._look_soon(user_id)

    def look_where_rung(self, user_id: int, since: float) -> None:
        """Look at the sessions of somebody who comes in, where their bell was heard since this moment."""
        if self._rung.get(user_id, since) > since:
            self._look_soon(user_id)

    async def stop(self) -> None:
        """Forget all bells, and look at nothing more."""
        for task in self._looking:
            task.cancel()
        await asyncio.gather(*self._looking, return_exceptions=True)
        self._rung.clear()

    async def check_sessions(self, people: Collection[int] | None = None) -> None:
        """Close the pages (of these people) whose session no longer stands, or whose audience is another now.

        Others show the new name of their person, where that is another.

        With 1012, which is not the last word: a browser whose session was renewed comes back with the new
        one, any other is told at the door.
        """
        chosen = list(self._people) if people is None else people
        viewers = [viewer for user_id in chosen for viewer in self._people.get(user_id, ())]
        async for some in _little_by_little(viewers):
            users = await in_worker(read_people, {viewer.session_key for viewer in some})
            for viewer in some:
                user = users.get(viewer.session_key)
                if (
                    user is None
                    or user.pk != viewer.user_id
                    # What they see of the group is looked at by its feed.
                    or Audience.of(user) != viewer.audience.seeing(MEMBER).wearing("")
                ):
                    viewer.close(CLOSE_RESTART)
                elif user.name != viewer.name:
                    self._rename(viewer, user.name)

    def _rename(self, viewer: Viewer, name: str) -> None:
        """Show the person's new name on their own page, and to all who see that they are here."""
        show_name(viewer, name)
        for feed in self._feeds.values():
            if viewer in feed.viewers:
                feed.note_presence()

    async def check_members(self) -> None:
        """Close the pages of people who are no members, where the log did not say so."""
        async for group_ids in _little_by_little(list(self._feeds)):
            viewers = {pk: self._feeds[pk].viewers for pk in group_ids if pk in self._feeds}
            people = {viewer.user_id for pages in viewers.values() for viewer in pages}
            members = await in_worker(read_standing, list(viewers), people)
            strangers = {
                group_id: [v for v in pages if v.is_open and (group_id, v.user_id) not in members]
                for group_id, pages in viewers.items()
            }
            await self._end_strangers({pk: pages for pk, pages in strangers.items() if pages})

    async def _end_strangers(self, strangers: dict[int, list[Viewer]]) -> None:
        if not strangers:
            return
        heads = await in_worker(read_heads, list(strangers))
        is_open = await in_worker(read_open, list(strangers))
        for group_id, pages in strangers.items():
            feed = self._feeds.get(group_id)
            if feed is None:
                continue
            if heads.get(group_id) != feed.cursor:
                # The log does say so: the feed's own flush tells them what happened.
                feed.ring()
                continue
            for viewer in pages:
                feed.end(viewer, not_admitted(is_open=group_id in is_open))

    def _look_soon(self, user_id: int) -> None:
        task = asyncio.create_task(self._look_again(user_id))
        self._looking.add(task)
        task.add_done_callback(self._looking.discard)

    async def _look_again(self, user_id: int) -> None:
        begin = asyncio.get_running_loop().time()
        for seconds in LOOKS:
            await asyncio.sleep(begin + seconds - asyncio.get_running_loop().time())
            try:
                await self.check_sessions([user_id])
            except Exception as error:
                text = "The sessions of user %s could not be looked at."
                log_failure(logger, error, text, user_id, user=user_id)


async def _little_by_little[T](items: list[T]) -> AsyncIterator[tuple[T, ...]]:
    """Yield some items after the other, with pauses: what is looked at from time to time is in no hurry."""
    for number, some in enumerate(batched(items, CHECKED_AT_ONCE)):
        if number:
            await asyncio.sleep(CHECK_PAUSE)
        yield some
