"""The feed of one group: live delivery, catching up and repair are its one code path."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from discuss.live.end import End, Readers
from discuss.live.farewells import no_longer_admitted, not_admitted
from discuss.live.feeds.base import Feed
from discuss.live.flushes import UpdateReader, share_out
from discuss.live.here import GroupPresence
from discuss.live.later import Later
from discuss.live.presence import PresenceTable
from discuss.live.typing import GroupTyping
from discuss.live.updates import Older, PageState, UpdateRequest, Updates
from discuss.live.viewer import Viewer, in_slices
from discuss.reading.members import Shown
from discuss.reading.presence import Here
from discuss.rendering import fragments
from discuss.rendering.audience import Audience
from discuss.rendering.fragments import Typist
from discuss.rules.refusals import Code
from discuss.rules.text import Text
from discuss.server.protocol import CLOSE_NO_MEMBER, CLOSE_RESTART
from discuss.server.wire import Prepared


class GroupFeed(Feed):
    """The open pages of a group. All of it runs on the event loop but the flush's reading."""

    # At most one read of the log and one frame in this time, whatever waits.
    flush_interval = 0.02
    kind = "group"

    def __init__(
        self, group_id: int, presence: PresenceTable, readers: Readers, on_empty: Callable[[], Any]
    ) -> None:
        self.group_id = group_id
        self.cursor: int | None = None
        self._epoch = ""
        # The list of members that all live pages show.
        self._shown: Shown | None = None
        self._updates = UpdateReader()
        # Each live page's oldest line: they all stand at the feed's cursor.
        self._live: dict[Viewer, int] = {}
        self._joining: dict[Viewer, PageState] = {}
        self._older: dict[Viewer, Older] = {}
        self._presence = GroupPresence(group_id, presence, lambda: self._live.keys())
        self._readers = readers
        # What pages said to have read that are not live yet.
        self._early_reads: dict[Viewer, int] = {}
        self.typing = GroupTyping(lambda: self._live.keys())
        self._end = End(group_id, lambda: self._live, readers)
        self._later = Later(self.ring)
        super().__init__(f"group {group_id}", on_empty)

    @property
    def here(self) -> Here:
        """Who is connected at this moment; for any thread."""
        return self._presence.here

    @property
    def is_idle(self) -> bool:
        return super().is_idle and self._end.is_idle and self._later.is_idle

    @property
    def is_empty(self) -> bool:
        return not self._live and not self._joining

    @property
    def viewers(self) -> list[Viewer]:
        return [*self._live, *self._joining]

    def ring(self, head: int | None = None) -> None:
        """The log may have changed; with `head`, it has not where the feed is there already."""
        if head is None or self.cursor is None or head > self.cursor:
            self._rung.set()

    def ring_later(self, head: int) -> None:
        """What stands in the log may look otherwise, and nobody waits for it: a burst is a few flushes."""
        if self.cursor is None or head > self.cursor:
            self._later.ring()

    def join(self, viewer: Viewer, state: PageState) -> None:
        """Bring the page up to the head, and keep it there."""
        self._joining[viewer] = state
        self._rung.set()

    def ask_older(self, viewer: Viewer, position: int) -> None:
        """Send the lines before `position`; for one that is not the page's oldest, nothing comes."""
        state = self._joining.get(viewer)
        if viewer.is_open and position in (self._live.get(viewer), state and state.oldest):
            self._older[viewer] = Older(position, viewer.audience)
            self._rung.set()

    def note_read(self, viewer: Viewer, position: int) -> None:
        """The page has the end of its log in sight that stands for this position."""
        if viewer not in self._live:
            self._early_reads[viewer] = position
        elif self._end.answer(viewer, position):
            self._readers.note_read(viewer.user_id, self.group_id, position)

    def leave(self, viewer: Viewer) -> None:
        if viewer in self._live and (position := self._end.has_read(viewer)):
            self._readers.note_read(viewer.user_id, self.group_id, position)
        self._end.leave(viewer)
        for pages in (self._live, self._joining, self._older, self._early_reads):
            pages.pop(viewer, None)
        if self.is_empty:
            self._presence.forget()
            self.typing.forget()
            self._rung.set()
        else:
            self.note_presence()

    def end(self, viewer: Viewer, text: Text, updates: Updates | None = None) -> None:
        """Tell the page that its person is no member, and close it."""
        group = updates.group if updates else None
        html = fragments.membership_ended(viewer.audience, group=group, text=text)
        viewer.end(html, CLOSE_NO_MEMBER)
        self.leave(viewer)

    def stop(self) -> None:
        self._presence.forget()
        self.typing.forget()
        self._end.stop()
        self._later.stop()
        super().stop()

    async def flush(self) -> None:
        # What comes in while the flush reads waits for the next one.
        joining = self._take_joining()
        older = self._take_older()
        live = dict(self._live)
        try:
            updates = await self._read(live, joining, older)
        except Exception:
            waiting = {viewer: state for viewer, state in joining.items() if viewer.is_open}
            self._joining = waiting | self._joining
            self._older = older | self._older
            raise
        try:
            if updates is None:
                await self._say_it_is_gone([*live, *joining])
                return
            has_moved = self.cursor not in (None, updates.head)
            self.cursor, self._epoch, self._shown = updates.head, updates.epoch, updates.shown
            self._end.move(updates.head, is_news=has_moved)
            await self._write_live(updates, live)
            self.typing.stop(updates.authors)
            await self._admit(updates, joining)
            self._write_history(updates, older)
        except Exception:
            # Whoever has not been written to would miss it for good, and not know: all come back.
            self._send_back([*live, *joining])
            raise

    def _take_joining(self) -> dict[Viewer, PageState]:
        """Take the pages that join in this flush; the others join in the next."""
        joining, self._joining = share_out(self._joining)
        if self._joining:
            self._rung.set()
        return joining

    def _take_older(self) -> dict[Viewer, Older]:
        """Take the requests for older lines that this flush reads; the others are the next one's."""
        older, self._older = share_out(self._older)
        if self._older:
            self._rung.set()
        return older

    async def _read(
        self, live: dict[Viewer, int], joining: dict[Viewer, PageState], older: dict[Viewer, Older]
    ) -> Updates | None:
        members = self._shown.fingerprint if self._shown else ""
        stands = {(oldest, members, viewer.audience) for viewer, oldest in live.items()}
        return await self._updates.read(
            UpdateRequest(
                self.group_id,
                self.cursor,
                self._shown,
                live=[PageState(self.cursor or 0, self._epoch, *stand) for stand in stands],
                joining=set(joining.values()),
                joining_people={viewer.user_id for viewer in joining},
                live_people={viewer.user_id for viewer in live},
                older=set(older.values()),
            )
        )

    async def _say_it_is_gone(self, pages: list[Viewer]) -> None:
        async for viewers in in_slices(pages):
            for viewer in viewers:
                self.end(viewer, Code.GONE.label)

    def _send_back(self, pages: list[Viewer]) -> None:
        for viewer in pages:
            if viewer.is_open:
                viewer.close(CLOSE_RESTART)
                self.leave(viewer)

    async def _write_live(self, updates: Updates, live: dict[Viewer, int]) -> None:
        frames = {(state.oldest, state.audience): frame for state, frame in updates.live.items()}
        leaving = updates.returned | updates.ended.keys()
        async for pages in in_slices(live.items()):
            for viewer, oldest in pages:
                if viewer not in self._live:
                    continue  # it went away during the flush
                if viewer.user_id in leaving:
                    self._send_away(viewer, updates)
                elif frame := frames.get((oldest, viewer.audience)):
                    viewer.write_prepared(frame.prepared)
                    if frame.oldest != oldest:
                        self._live[viewer] = frame.oldest

    def _send_away(self, viewer: Viewer, updates: Updates) -> None:
        # What came before in the same flush goes unsaid too: nothing after a removal may be heard.
        if viewer.user_id in updates.ended:
            event, is_open = updates.ended[viewer.user_id], updates.group is not None
            self.end(viewer, no_longer_admitted(event, is_open=is_open), updates)
        else:
            # Its membership is another one now, which it gets with a new socket.
            viewer.close(CLOSE_RESTART)
            self.leave(viewer)

    def _write_history(self, updates: Updates, older: dict[Viewer, Older]) -> None:
        for viewer, request in older.items():
            # Asked twice, or the log was replaced: the page has another oldest line by now.
            if self._live.get(viewer) == request.position:
                frame = updates.history[request]
                viewer.write_prepared(frame.prepared)
                self._live[viewer] = frame.oldest

    async def _admit(self, updates: Updates, joining: dict[Viewer, PageState]) -> None:
        status = cache(self._begin_page)
        async for pages in in_slices(joining.items()):
            for viewer, state in pages:
                if not viewer.is_open:
                    continue
                if viewer.user_id not in updates.admitted:
                    self.end(viewer, not_admitted(is_open=updates.group is not None), updates)
                    continue
                frame = updates.joining[state]
                viewer.write_prepared(
                    status(viewer.audience, viewer.shows_writing, self.typing.shown)
                )
                viewer.write_prepared(frame.prepared)
                self._live[viewer] = frame.oldest
                if state.cursor != updates.head:
                    self._end.give(viewer)
                if viewer in self._early_reads:
                    self.note_read(viewer, self._early_reads.pop(viewer))
                self.note_presence(viewer)

    def _begin_page(
        self, audience: Audience, shows_writing: bool, typists: Sequence[Typist]
    ) -> Prepared:
        """Return the sign of life, with what a page may do while it is live."""
        html = fragments.status_renewed(audience)
        if shows_writing:
            html += fragments.writing_begun(audience, typists=typists)
        return Prepared(html)

    def note_presence(self, *joined: Viewer) -> None:
        """Who is here may have changed, or these who just came do not know it: soon they will."""
        self._presence.note(*joined)
