"""The end of a group's log, and the pages that have it in sight: they have read what was written to them.

One element stands at the end of each page's log. It is the same for all pages, and renewed when lines came:
at once after a pause, and then after END_INTERVAL at the earliest. In sight, it is answered. So a thousand
readers send a hundred answers a second at most, however fast lines come.
"""

import asyncio
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Protocol

from discuss.live.viewer import Viewer, in_slices
from discuss.rendering import fragments
from discuss.rendering.audience import Audience
from discuss.server.wire import Prepared

# Seconds between two renewals.
END_INTERVAL = 10.0
# Seconds that a page which answered the one before has for its answer.
SEEN_WITHIN = 1.5
# Rendered ends that are kept.
KEPT = 1_000


@lru_cache(KEPT)
def _frame(audience: Audience, position: int) -> Prepared:
    """Return the end that stands for this position: pages that come back together share it."""
    return Prepared(fragments.end_renewed(audience, position=position))


class Readers(Protocol):
    """Who hears what people read (the hub)."""

    def note_read(self, viewer: Viewer, group_id: int, position: int) -> None: ...
    def start_reading(self, viewer: Viewer, group_id: int) -> None: ...
    def stop_reading(self, viewer: Viewer, group_id: int) -> None: ...


class End:
    """The end of one group's log. Its methods run on the hub's event loop."""

    def __init__(
        self, group_id: int, pages: Callable[[], Iterable[Viewer]], readers: Readers
    ) -> None:
        """`pages` are the live pages; `readers` hear who begins to read and who has ceased."""
        self._group_id = group_id
        self._pages = pages
        self._readers = readers
        # What the latest end stands for, and what was written to the pages.
        self._position = self._head = 0
        # The latest end that each page has answered.
        self._answered: dict[Viewer, int] = {}
        self._reading: set[Viewer] = set()
        # Up to where each page reads nothing.
        self._unread: dict[Viewer, int] = {}
        self._due = 0.0
        self._renewing: asyncio.TimerHandle | None = None
        self._looking: asyncio.TimerHandle | None = None
        self._writing: asyncio.Task[None] | None = None

    @property
    def is_idle(self) -> bool:
        """Whether nothing is written at this moment, or is about to be."""
        is_written = self._writing is None or self._writing.done()
        now = asyncio.get_running_loop().time()
        return is_written and (self._renewing is None or self._renewing.when() > now)

    def move(self, head: int, *, is_news: bool) -> None:
        """What is written to the pages goes up to this head now; `is_news` to them."""
        self._head = head
        if not is_news:
            return
        loop = asyncio.get_running_loop()
        if self._renewing is None:
            self._renewing = loop.call_at(max(self._due, loop.time()), self._renew)

    def answer(self, viewer: Viewer, position: int) -> bool:
        """The page has this end in sight. Returns whether there was one of such a position.

        What its person has marked as unread is not read until more comes.
        """
        if position > self._head or position <= self._unread.get(viewer, -1):
            return False
        self._answered[viewer] = max(position, self._answered.get(viewer, 0))
        if viewer not in self._reading and self._answered[viewer] >= self._position:
            self._reading.add(viewer)
            self._readers.start_reading(viewer, self._group_id)
        return True

    def give(self, viewer: Viewer) -> None:
        """Write the page that has just been brought up to date an end that stands for it."""
        if viewer.shows_own:
            viewer.write_prepared(_frame(viewer.audience, self._head))

    def has_read(self, viewer: Viewer) -> int:
        """Return how far the page has been read that is about to go: all of it where it was being read."""
        answered = self._answered.get(viewer, -1)
        return self._head if answered >= self._position else max(answered, 0)

    def stop_reading(self, viewer: Viewer) -> None:
        """Its person has marked something as unread: what was written to the page is not read by it."""
        self._answered.pop(viewer, None)
        self._unread[viewer] = self._head
        self._cease(viewer)

    def leave(self, viewer: Viewer) -> None:
        self._answered.pop(viewer, None)
        self._unread.pop(viewer, None)
        self._cease(viewer)

    def stop(self) -> None:
        for begun in (self._renewing, self._looking, self._writing):
            if begun is not None:
                begun.cancel()

    def _renew(self) -> None:
        self._renewing = None
        loop = asyncio.get_running_loop()
        self._due = loop.time() + END_INTERVAL
        self._position = self._head
        self._writing = loop.create_task(self._write(self._position))

    async def _write(self, position: int) -> None:
        async for pages in in_slices(list(self._pages())):
            for viewer in pages:
                if viewer.shows_own:
                    viewer.write_prepared(_frame(viewer.audience, position))
        loop = asyncio.get_running_loop()
        self._looking = loop.call_later(SEEN_WITHIN, self._look, position)

    def _look(self, position: int) -> None:
        """Find who has not answered this end."""
        for viewer in [each for each in self._reading if self._answered[each] < position]:
            self._cease(viewer)

    def _cease(self, viewer: Viewer) -> None:
        if viewer in self._reading:
            self._reading.discard(viewer)
            self._readers.stop_reading(viewer, self._group_id)
