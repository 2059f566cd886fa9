"""The queue's feed: pages of moderators, and what each page's header says of cases and of answers.

It has no log. A flush reads what its pages may lack, compares it with what they show, and writes the
differences; a bell and a sweep go the same way. Moderators of the same rights share what is read and written.
"""

from collections.abc import Callable
from typing import Any

from discuss.db.workers import in_worker
from discuss.live.feeds.base import Feed
from discuss.live.queue_frames import QueueFrames
from discuss.live.queue_updates import Asked, QueuePage, Reading, read_queue_updates
from discuss.live.viewer import Viewer, in_slices, still_open
from discuss.moderation.reading.held import HeldQuery
from discuss.moderation.reading.queue import QueueQuery
from discuss.moderation.reading.scopes import Scope
from discuss.rendering import fragments
from discuss.rules.refusals import Code
from discuss.server.protocol import CLOSE_NO_MEMBER, CLOSE_RESTART


class QueueFeed(Feed):
    """All pages of this process that have a header, and among them those of the queue."""

    kind = "queue"
    flush_interval = 0.5

    def __init__(self, on_empty: Callable[[], Any]) -> None:
        self._live: dict[Viewer, QueuePage] = {}
        self._joining: dict[Viewer, QueuePage] = {}
        # What people with pages here may see, as it was last read.
        self._scopes: dict[int, Scope] = {}
        self._rung_groups: set[int] = set()
        self._rung_people: set[int] = set()
        self._reads_all = False
        super().__init__("the queue", on_empty)

    @property
    def is_empty(self) -> bool:
        return not self._live and not self._joining

    def join(self, viewer: Viewer, page: QueuePage) -> None:
        """Bring the page up to date, and keep it there."""
        self._joining[viewer] = page
        self._rung.set()

    def leave(self, viewer: Viewer) -> None:
        self._live.pop(viewer, None)
        self._joining.pop(viewer, None)
        if self.is_empty:
            self._rung.set()

    def ring(self, group_id: int) -> None:
        """Cases of this group, or of none (0), have changed."""
        self._rung_groups.add(group_id)
        self._rung.set()

    def ring_person(self, user_id: int) -> None:
        """A person may have another role, or other rights, or has read an answer."""
        # Whoever is on their way in is among no pages yet, while a flush reads for them.
        self._rung_people.add(user_id)
        self._rung.set()

    def ring_all(self) -> None:
        """Compare everything: what a lost bell left behind is found here."""
        self._reads_all = True
        self._rung.set()

    async def flush(self) -> None:
        joining, self._joining = self._joining, {}
        groups, self._rung_groups = self._rung_groups, set()
        people, self._rung_people = self._rung_people, set()
        reads_all, self._reads_all = self._reads_all, False
        asked = self._ask(joining, groups, people, reads_all=reads_all)
        try:
            reading = await in_worker(read_queue_updates, asked)
        except Exception:
            self._joining = still_open(joining) | self._joining
            self._rung_groups |= groups
            self._rung_people |= people
            self._reads_all |= reads_all
            raise
        self._scopes = reading.scopes
        if reading.unsure:
            # Their rights changed while it was read: what it read for them is shown to nobody.
            self._rung_people |= reading.unsure
            self._rung.set()
        try:
            await self._write(reading, joining)
        except Exception:
            # Whoever has not been written to would miss it for good, and not know: all come back.
            for viewer in [*self._live, *joining]:
                if viewer.is_open:
                    viewer.close(CLOSE_RESTART)
                self.leave(viewer)
            raise

    def _ask(
        self,
        joining: dict[Viewer, QueuePage],
        groups: set[int],
        people: set[int],
        *,
        reads_all: bool,
    ) -> Asked:
        pages = [*self._live.items(), *joining.items()]
        here = {viewer.user_id for viewer, _ in pages}
        new = {viewer.user_id for viewer in joining} | people
        known = {pk: scope for pk, scope in self._scopes.items() if pk in here}
        again = here if reads_all else here & new | (here - known.keys())
        # An answer may be anybody's.
        counted = here if reads_all or groups else again
        views = {
            (viewer.user_id, page.shows)
            for viewer, page in pages
            if page.shows is not None
            and (reads_all or groups or viewer in joining or viewer.user_id in people)
        }
        return Asked(again, known, counted, views)

    async def _write(self, reading: Reading, joining: dict[Viewer, QueuePage]) -> None:
        frames = QueueFrames()
        pages = [*self._live.items(), *((v, page) for v, page in joining.items() if v.is_open)]
        async for some in in_slices(pages):
            for viewer, page in some:
                if not viewer.is_open:
                    continue
                if viewer.user_id in reading.unsure and page.shows is not None:
                    if viewer in joining:
                        self._joining.setdefault(viewer, page)
                    continue
                self._write_page(frames, viewer, page, reading, has_come=viewer in joining)

    def _write_page(
        self,
        frames: QueueFrames,
        viewer: Viewer,
        page: QueuePage,
        reading: Reading,
        *,
        has_come: bool,
    ) -> None:
        if has_come:
            self._live[viewer] = page
            if page.shows is not None:
                viewer.write_prepared(frames.status(viewer.audience))
        if page.shows is not None and not self._write_view(frames, viewer, page, reading):
            return
        duties = reading.duties.get(viewer.user_id)
        if duties is not None and page.header is not None and page.header != duties.told:
            page.header = duties.told
            viewer.write_prepared(frames.header(viewer.audience, duties))

    def _write_view(
        self, frames: QueueFrames, viewer: Viewer, page: QueuePage, reading: Reading
    ) -> bool:
        """Write what the page shows of the queue, or its end; return whether it goes on."""
        scope = reading.scopes[viewer.user_id]
        if not scope.is_any:
            self._end(viewer, Code.NO_QUEUE)
            return False
        if isinstance(page.shows, QueueQuery):
            queue = reading.queues.get((scope, page.shows))
            if queue is None or queue == page.queue:
                return True
            if page.queue is not None:
                viewer.write_prepared(frames.moved(viewer.audience, page.queue, queue))
            elif page.fingerprint != queue.fingerprint:
                viewer.write_prepared(frames.whole(viewer.audience, queue))
            page.queue = queue
            return True
        if isinstance(page.shows, HeldQuery):
            return self._write_held(frames, viewer, page, reading, (scope, page.shows))
        if (scope, page.shows) not in reading.cases:
            return True
        progress = reading.cases[scope, page.shows or 0]
        if progress is None:
            self._end(viewer, Code.NO_CASE)
            return False
        is_shown = page.fingerprint == progress.fingerprint and page.progress is None
        if progress != page.progress and not is_shown:
            viewer.write_prepared(frames.progress(viewer.audience, progress))
        page.progress = progress
        return True

    def _write_held(
        self,
        frames: QueueFrames,
        viewer: Viewer,
        page: QueuePage,
        reading: Reading,
        asked: tuple[Scope, HeldQuery],
    ) -> bool:
        if asked not in reading.held:
            return True
        held = reading.held[asked]
        if held is None:
            self._end(viewer, Code.NOT_TO_DECIDE)
            return False
        if page.held is not None and held != page.held:
            viewer.write_prepared(frames.held_moved(viewer.audience, page.held, held))
        elif page.held is None and page.fingerprint != held.fingerprint:
            viewer.write_prepared(frames.held_whole(viewer.audience, held))
        page.held = held
        return True

    def _end(self, viewer: Viewer, code: Code) -> None:
        viewer.end(fragments.queue_ended(viewer.audience, text=code.label), CLOSE_NO_MEMBER)
        self.leave(viewer)
