"""What people read: told at once to their other pages here, written once a second for all."""

import asyncio
from collections.abc import Callable, Collection

from discuss import actions
from discuss.db.workers import in_actor
from discuss.live.feeds.person import PersonFeed
from discuss.live.viewer import Viewer
from discuss.rules.unread import NO_MARK, Mark, Marking


class ReadMarks:
    """How far people have read, and what they are reading. Its methods run on the hub's event loop."""

    def __init__(self, person_feed: Callable[[], PersonFeed | None]) -> None:
        self._person_feed = person_feed
        # What is not written yet, and what was written just now, by person and group.
        self._waiting: dict[tuple[int, int], Mark] = {}
        self._written: dict[tuple[int, int], Mark] = {}
        # What was marked as unread since then.
        self._forgotten: set[tuple[int, int]] = set()
        self._writing = asyncio.Lock()

    def note_read(self, viewer: Viewer, group_id: int, position: int) -> None:
        """The page's person has read so far in this group."""
        place = viewer.user_id, group_id
        before = self._waiting.get(place, NO_MARK)
        mark = before.and_also(Mark(position, viewer.marking))
        if mark == before:
            return
        self._waiting[place] = mark
        if feed := self._person_feed():
            feed.note_read(*place, mark)

    def start_reading(self, viewer: Viewer, group_id: int) -> None:
        """The page shows its person all that is written."""
        if feed := self._person_feed():
            feed.start_reading(viewer, group_id)

    def stop_reading(self, viewer: Viewer, group_id: int) -> None:
        """It does not any more."""
        if feed := self._person_feed():
            feed.stop_reading(viewer, group_id)

    def being_read(self, user_id: int) -> Collection[int]:
        """Return the groups that this person is reading at this moment; for a worker thread."""
        feed = self._person_feed()
        return feed.reading(user_id) if feed else ()

    def read_upto(self, user_id: int, group_id: int, marking: Marking) -> int:
        """Return how far this person has read, where the database may not say it yet; for any thread.

        `marking` is how it says that something was marked as unread there.
        """
        noted = (
            marks.get((user_id, group_id), NO_MARK) for marks in (self._waiting, self._written)
        )
        return max(mark.upto(marking) for mark in noted)

    def forget(self, user_id: int, group_id: int) -> None:
        """What this person has read in this group they have not any more."""
        for noted in (self._waiting, self._written):
            noted.pop((user_id, group_id), None)
        self._forgotten.add((user_id, group_id))

    async def write(self) -> None:
        """Write what waits, in one transaction after the other."""
        async with self._writing:
            await self._write()

    async def _write(self) -> None:
        waiting = dict(self._waiting)
        self._forgotten.clear()
        if waiting:
            await in_actor(actions.mark_read, waiting)
        # Whoever has read the database before that is told for a while what it did not say.
        self._written = {
            place: mark for place, mark in waiting.items() if place not in self._forgotten
        }
        self._waiting = {
            place: mark for place, mark in self._waiting.items() if mark != waiting.get(place)
        }
