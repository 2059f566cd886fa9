"""The feed of pages that list messages: what was found, saved, answered. They say what is said by now.

A page brings the lines that it shows, each with its change. From then on a bell or a sweep has the feed read
which lines of a group have changed, and it writes those that a page shows. It adds none to a list.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable
from functools import partial
from itertools import islice
from typing import Any

from discuss.db.workers import in_worker
from discuss.live.feeds.base import Feed
from discuss.live.listed_frames import ListedFrames, ListedPage
from discuss.live.viewer import Viewer, in_slices, still_open
from discuss.reading.listed import Changes, Said, read_changes, read_said
from discuss.rules.listed import How
from discuss.server.protocol import CLOSE_NO_MEMBER, CLOSE_RESTART

# Pages that come in with one flush: after an outage all come at once, with up to a hundred lines each.
JOIN_AT_ONCE = 100


class ListedFeed(Feed):
    """All pages of this process that list messages. All of it runs on the event loop but the reading."""

    kind = "listed"
    flush_interval = 0.5

    def __init__(self, on_empty: Callable[[], Any]) -> None:
        self._pages: dict[Viewer, ListedPage] = {}
        self._joining: dict[Viewer, ListedPage] = {}
        # The pages that show each line, the group of each, how many are shown of each group, and how far each
        # group was looked at.
        self._showing: defaultdict[int, set[Viewer]] = defaultdict(set)
        self._group_of: dict[int, int] = {}
        self._shown_of: Counter[int] = Counter()
        self._cursors: dict[int, int] = {}
        self._rung_groups: set[int] = set()
        self._rung_people: set[int] = set()
        self._is_reading = False
        super().__init__("listed messages", on_empty)

    @property
    def is_empty(self) -> bool:
        return not self._pages and not self._joining

    @property
    def groups(self) -> Collection[int]:
        """The groups of which a sweep has to say the heads."""
        return self._cursors.keys()

    # --- pages come and go --------------------------------------------------------------------------

    def join(self, viewer: Viewer, page: ListedPage) -> None:
        """Have the page say what its messages say, from now on."""
        self._joining[viewer] = page
        self._rung.set()

    def leave(self, viewer: Viewer) -> None:
        self._joining.pop(viewer, None)
        page = self._pages.pop(viewer, None)
        for pk in page.shown if page else ():
            self._showing[pk].discard(viewer)
            if not self._showing[pk]:
                self._forget(pk)
        if self.is_empty:
            self._rung.set()

    def _forget(self, pk: int) -> None:
        del self._showing[pk]
        group_id = self._group_of.pop(pk, None)
        if group_id is not None:
            self._shown_of[group_id] -= 1
            if not self._shown_of[group_id]:
                del self._shown_of[group_id]
                self._cursors.pop(group_id, None)

    # --- bells --------------------------------------------------------------------------------------

    def ring_group(self, group_id: int, head: int) -> None:
        """Lines of a group may have changed."""
        # Of what is being read, nobody knows yet which groups it is of.
        if self._is_reading or self._cursors.get(group_id, head) < head:
            self._rung_groups.add(group_id)
            self._rung.set()

    def ring_person(self, user_id: int) -> None:
        """This person may be in other groups than before, or have another role."""
        self._rung_people.add(user_id)
        self._rung.set()

    def sweep(self, heads: dict[int, int]) -> None:
        """Compare with the heads that groups have, and look at who may read what."""
        for group_id in self._cursors:
            # A group that is gone has no head.
            self.ring_group(group_id, heads.get(group_id, self._cursors[group_id] + 1))
        self._rung_people |= {viewer.user_id for viewer in self._pages}
        self._rung.set()

    # --- a flush ------------------------------------------------------------------------------------

    async def flush(self) -> None:
        joining = dict(islice(self._joining.items(), JOIN_AT_ONCE))
        for viewer in joining:
            del self._joining[viewer]
        groups, self._rung_groups = self._rung_groups & self._cursors.keys(), set()
        people, self._rung_people = self._rung_people, set()
        if self._joining:
            self._rung.set()
        pks = {pk for page in joining.values() for pk in page.shown}
        cursors = {group_id: self._cursors[group_id] for group_id in groups}
        self._is_reading = True
        try:
            changes = await in_worker(read_changes, pks, cursors)
            self._take(still_open(joining), changes)
            pages = self._concerned(joining, changes, people)
            said = await in_worker(self._reading_for(pages, changes))
        except Exception:
            waiting = {viewer: page for viewer, page in joining.items() if viewer.is_open}
            for viewer in waiting:
                self.leave(viewer)
            self._joining = waiting | self._joining
            self._rung_groups |= groups
            self._rung_people |= people
            raise
        finally:
            self._is_reading = False
        for group_id in cursors.keys() & self._cursors.keys():
            self._cursors[group_id] = changes.heads.get(group_id, cursors[group_id])
        await self._write(pages, said, joining)

    def _take(self, joining: dict[Viewer, ListedPage], changes: Changes) -> None:
        """Have these pages be among the others. Of groups that are new, all is known up to the head."""
        for viewer, page in joining.items():
            self._pages[viewer] = page
            for pk in page.shown:
                self._showing[pk].add(viewer)
                group_id = changes.groups.get(pk)
                if group_id is not None and pk not in self._group_of:
                    self._group_of[pk] = group_id
                    self._shown_of[group_id] += 1
                    self._cursors.setdefault(group_id, changes.heads.get(group_id, 0))

    def _concerned(
        self, joining: Iterable[Viewer], changes: Changes, people: Collection[int]
    ) -> dict[Viewer, ListedPage]:
        """Return the pages that may have to be written to."""
        viewers = {*joining, *(v for pk in changes.changes for v in self._showing.get(pk, ()))}
        if people:
            viewers |= {viewer for viewer in self._pages if viewer.user_id in people}
        return {viewer: self._pages[viewer] for viewer in viewers if viewer in self._pages}

    def _reading_for(self, pages: dict[Viewer, ListedPage], changes: Changes) -> Callable[[], Said]:
        """Return what reads what these pages lack."""
        wanted = {
            pk
            for page in pages.values()
            for pk, change in page.shown.items()
            # Another sight shows what a moderator hid, or does not.
            if changes.changes.get(pk, change) != change or page.how.is_of_one_group
        }
        versions = {
            pk for page in pages.values() if page.how == How.VERSIONS for pk in page.shown
        } & wanted
        shown = {pk for page in pages.values() for pk in page.shown}
        groups = {self._group_of[pk] for pk in shown if pk in self._group_of}
        people = {viewer.user_id for viewer in pages}
        return partial(read_said, wanted, people, groups, versions)

    async def _write(
        self, pages: dict[Viewer, ListedPage], said: Said, joining: Collection[Viewer]
    ) -> None:
        frames = ListedFrames(said, self._group_of)
        try:
            async for some in in_slices(list(pages.items())):
                for viewer, page in some:
                    if self._pages.get(viewer) is not page:
                        # It left meanwhile.
                        continue
                    if viewer in joining:
                        viewer.write_prepared(frames.status(viewer.audience))
                    self._write_page(frames, viewer, page)
                    if page.how.is_of_one_group:
                        # Whole lines take some ms to be rendered.
                        await asyncio.sleep(0)
        except Exception:
            # Whoever has not been written to would miss it for good, and not know: all come back.
            for viewer in pages:
                viewer.close(CLOSE_RESTART)
                self.leave(viewer)
            raise

    def _write_page(self, frames: ListedFrames, viewer: Viewer, page: ListedPage) -> None:
        end = frames.end(viewer, page)
        if end is not None:
            viewer.end(end, CLOSE_NO_MEMBER)
            self.leave(viewer)
            return
        frame = frames.lacked(viewer, page)
        if frame is not None:
            viewer.write_prepared(frame)
