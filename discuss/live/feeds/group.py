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
from discuss.live.states import Newer, Older, PageState, UpdateRequest, Updates, Window
from discuss.live.typing import GroupTyping
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
        # Which lines each live page shows: they all stand at the feed's cursor.
        self._live: dict[Viewer, Window] = {}
        self._joining: dict[Viewer, PageState] = {}
        # Those that the flush which is under way reads for: they are live at its end.
        self._being_admitted: dict[Viewer, PageState] = {}
        self._older: dict[Viewer, Older] = {}
        self._newer: dict[Viewer, Newer] = {}
        self._presence = GroupPresence(group_id, presence, lambda: self._live.keys())
        self._readers = readers
        # What pages said to have read that are not live yet.
        self._early_reads: dict[Viewer, int] = {}
        self.typing = GroupTyping(lambda: self._live.keys())
        self._end = End(group_id, self._pages_at_the_end, readers)
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
        window = self._window(viewer)
        if viewer.is_open and window and position == window.oldest:
            self._older[viewer] = Older(position, viewer.audience)
            self._rung.set()

    def ask_newer(self, viewer: Viewer, position: int) -> None:
        """Send the lines after `position`; for one that is not the page's newest, nothing comes."""
        window = self._window(viewer)
        if viewer.is_open and window and position == window.newest:
            self._newer[viewer] = Newer(position, viewer.audience)
            self._rung.set()

    def note_read(self, viewer: Viewer, position: int) -> None:
        """The page has the end of its log in sight that stands for this position."""
        if viewer not in self._live:
            self._early_reads[viewer] = position
        elif self._live[viewer].newest is None and self._end.answer(viewer, position):
            self._readers.note_read(viewer.user_id, self.group_id, position)

    def stop_reading(self, user_id: int) -> None:
        """This person has marked something as unread: their pages read nothing until more comes."""
        for viewer in [each for each in self.viewers if each.user_id == user_id]:
            self._early_reads.pop(viewer, None)
            if viewer in self._live:
                self._end.stop_reading(viewer)

    def leave(self, viewer: Viewer) -> None:
        if viewer in self._live and (position := self._end.has_read(viewer)):
            self._readers.note_read(viewer.user_id, self.group_id, position)
        self._end.leave(viewer)
        for pages in (self._live, self._joining, self._older, self._newer, self._early_reads):
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
        joining, self._joining = self._take(self._joining)
        self._being_admitted = joining
        older, self._older = self._take(self._older)
        newer, self._newer = self._take(self._newer)
        live = dict(self._live)
        try:
            updates = await self._read(live, joining, older, newer)
        except Exception:
            self._joining = _still_open(joining) | self._joining
            self._older = _still_open(older) | self._older
            self._newer = _still_open(newer) | self._newer
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
            self._write_history(updates, older, newer)
        except Exception:
            # Whoever has not been written to would miss it for good, and not know: all come back.
            self._send_back([*live, *joining])
            raise

    def _window(self, viewer: Viewer) -> Window | None:
        """Return which lines the page shows, live or about to be."""
        state = self._joining.get(viewer) or self._being_admitted.get(viewer)
        return self._live.get(viewer) or (state and state.window)

    def _pages_at_the_end(self) -> list[Viewer]:
        """Return the live pages to which new lines come."""
        return [viewer for viewer, window in self._live.items() if window.newest is None]

    def _take[T](self, waiting: dict[Viewer, T]) -> tuple[dict[Viewer, T], dict[Viewer, T]]:
        """Return what this flush reads of what pages wait for, and the rest, which the next one does."""
        met, rest = share_out(waiting)
        if rest:
            self._rung.set()
        return met, rest

    async def _read(
        self,
        live: dict[Viewer, Window],
        joining: dict[Viewer, PageState],
        older: dict[Viewer, Older],
        newer: dict[Viewer, Newer],
    ) -> Updates | None:
        members = self._shown.fingerprint if self._shown else ""
        stands = {(window, viewer.audience) for viewer, window in live.items()}
        states = [
            PageState(self.cursor or 0, self._epoch, oldest, members, audience, newest)
            for (oldest, newest), audience in stands
        ]
        return await self._updates.read(
            UpdateRequest(
                self.group_id,
                self.cursor,
                self._shown,
                live=states,
                joining=set(joining.values()),
                joining_people={viewer.user_id for viewer in joining},
                live_people={viewer.user_id for viewer in live},
                older=set(older.values()),
                newer=set(newer.values()),
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

    async def _write_live(self, updates: Updates, live: dict[Viewer, Window]) -> None:
        frames = {(state.window, state.audience): frame for state, frame in updates.live.items()}
        leaving = updates.returned | updates.ended.keys()
        async for pages in in_slices(live.items()):
            for viewer, window in pages:
                if viewer not in self._live:
                    continue  # it went away during the flush
                if viewer.user_id in leaving:
                    self._send_away(viewer, updates)
                elif frame := frames.get((window, viewer.audience)):
                    viewer.write_prepared(frame.prepared)
                    self._show(viewer, frame.window)

    def _show(self, viewer: Viewer, window: Window) -> None:
        """Note which lines the page shows from now on; one that has come to the end is read from there."""
        before = self._live.get(viewer)
        self._live[viewer] = window
        if before and before.newest is not None and window.newest is None:
            self._end.give(viewer)

    def _send_away(self, viewer: Viewer, updates: Updates) -> None:
        # What came before in the same flush goes unsaid too: nothing after a removal may be heard.
        if viewer.user_id in updates.ended:
            event, is_open = updates.ended[viewer.user_id], updates.group is not None
            self.end(viewer, no_longer_admitted(event, is_open=is_open), updates)
        else:
            # Its membership is another one now, which it gets with a new socket.
            viewer.close(CLOSE_RESTART)
            self.leave(viewer)

    def _write_history(
        self, updates: Updates, older: dict[Viewer, Older], newer: dict[Viewer, Newer]
    ) -> None:
        # Asked twice, or the log was replaced: the page has another oldest or newest line by now.
        for viewer, before in older.items():
            window = self._live.get(viewer)
            if window and window.oldest == before.position:
                frame = updates.history[before]
                viewer.write_prepared(frame.prepared)
                self._show(viewer, window._replace(oldest=frame.window.oldest))
        for viewer, after in newer.items():
            window = self._live.get(viewer)
            if window and window.newest == after.position:
                frame = updates.newer[after]
                viewer.write_prepared(frame.prepared)
                self._show(viewer, window._replace(newest=frame.window.newest))

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
                self._live[viewer] = frame.window
                is_behind = state.cursor != updates.head or state.newest is not None
                if is_behind and frame.window.newest is None:
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


def _still_open[T](waiting: dict[Viewer, T]) -> dict[Viewer, T]:
    return {viewer: request for viewer, request in waiting.items() if viewer.is_open}
