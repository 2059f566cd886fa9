"""The live pages of one group: which lines each shows, and what is written to them."""

from collections.abc import Callable, Iterator
from functools import cache

from discuss.live.beginnings import begun
from discuss.live.end import End, Readers
from discuss.live.farewells import no_longer_admitted, not_admitted
from discuss.live.here import GroupPresence
from discuss.live.presence import PresenceTable
from discuss.live.states import Newer, Older, PageState, Updates, Window
from discuss.live.typing import GroupTyping
from discuss.live.viewer import Viewer, in_slices
from discuss.reading.bars import barred_by
from discuss.reading.members import Shown
from discuss.reading.presence import Here
from discuss.rendering import fragments
from discuss.rules.refusals import Code
from discuss.rules.text import Text
from discuss.server.protocol import CLOSE_NO_MEMBER, CLOSE_RESTART


class GroupPages:
    """All of them stand at their feed's cursor. Its methods run on the hub's event loop."""

    def __init__(
        self,
        group_id: int,
        presence: PresenceTable,
        readers: Readers,
        leave: Callable[[Viewer], None],
    ) -> None:
        """`leave` takes a page that is closed here out of its feed."""
        self._group_id = group_id
        self._leave = leave
        self._windows: dict[Viewer, Window] = {}
        # What the group wears.
        self._skin = ""
        # Who of the group may moderate.
        self._moderators: frozenset[int] = frozenset()
        self._presence = GroupPresence(group_id, presence, lambda: self._windows.keys())
        self._readers = readers
        # What pages said to have read that are not live yet.
        self._early_reads: dict[Viewer, int] = {}
        self.typing = GroupTyping(lambda: self._windows.keys())
        self._end = End(group_id, self._pages_at_the_end, readers)

    def __len__(self) -> int:
        return len(self._windows)

    def __iter__(self) -> Iterator[Viewer]:
        return iter(self._windows)

    @property
    def windows(self) -> dict[Viewer, Window]:
        """Which lines each page shows at this moment."""
        return dict(self._windows)

    def window(self, viewer: Viewer) -> Window | None:
        return self._windows.get(viewer)

    @property
    def here(self) -> Here:
        """Who is connected at this moment; for any thread."""
        return self._presence.here

    @property
    def is_idle(self) -> bool:
        return self._end.is_idle

    def note_read(self, viewer: Viewer, position: int) -> None:
        """The page has the end of its log in sight that stands for this position."""
        if viewer not in self._windows:
            self._early_reads[viewer] = position
        elif self._windows[viewer].newest is None and self._end.answer(viewer, position):
            self._readers.note_read(viewer, self._group_id, position)

    def stop_reading(self, viewer: Viewer) -> None:
        """Its person has marked something as unread: the page reads nothing until more comes."""
        self._early_reads.pop(viewer, None)
        if viewer in self._windows:
            self._end.stop_reading(viewer)

    def leave(self, viewer: Viewer) -> None:
        if viewer in self._windows and (position := self._end.has_read(viewer)):
            self._readers.note_read(viewer, self._group_id, position)
        self._end.leave(viewer)
        self._windows.pop(viewer, None)
        self._early_reads.pop(viewer, None)

    def forget(self) -> None:
        """There is nobody to tell any more who is here and who is typing."""
        self._presence.forget()
        self.typing.forget()

    def stop(self) -> None:
        self.forget()
        self._end.stop()

    def note_presence(self, *joined: Viewer) -> None:
        """Who is here may have changed, or these who just came do not know it: soon they will."""
        self._presence.note(*joined)

    def end(self, viewer: Viewer, text: Text, updates: Updates | None = None) -> None:
        """Tell the page that its person is no member, and close it."""
        group = updates.group if updates else None
        if updates and (bar := updates.barred.get(viewer.user_id)):
            # No way in is offered to whom the group does not let in.
            group, text = None, barred_by(bar).text
        html = fragments.membership_ended(viewer.audience, group=group, text=text)
        viewer.end(html, CLOSE_NO_MEMBER)
        self._leave(viewer)

    def note_members(self, shown: Shown) -> None:
        """Pages come back whose people have become moderators since, or are none any more.

        They see more of hidden messages now, or less.
        """
        self._moderators = shown.moderators
        self.send_back([viewer for viewer in self._windows if self._sees_otherwise(viewer)])

    def _sees_otherwise(self, viewer: Viewer) -> bool:
        return (viewer.user_id in self._moderators) != viewer.audience.sees_hidden

    # --- what a flush writes ------------------------------------------------------------------------

    async def say_it_is_gone(self, pages: list[Viewer]) -> None:
        async for viewers in in_slices(pages):
            for viewer in viewers:
                self.end(viewer, Code.GONE.label)

    def send_back(self, pages: list[Viewer]) -> None:
        """Have the pages come back, of which nobody knows what was written to them."""
        for viewer in pages:
            if viewer.is_open:
                viewer.close(CLOSE_RESTART)
                self._leave(viewer)

    async def write_live(
        self, updates: Updates, live: dict[Viewer, Window], *, is_news: bool
    ) -> dict[Viewer, PageState]:
        """Write what these pages lack; `is_news` where they have seen a head before that was another.

        It returns those that have to join in again, and are not live any more.
        """
        self._end.move(updates.head, is_news=is_news)
        frames = {(state.window, state.audience): frame for state, frame in updates.live.items()}
        later = {(state.window, state.audience): state for state in updates.later}
        leaving, joining = updates.returned | updates.ended.keys(), {}
        async for pages in in_slices(live.items()):
            for viewer, window in pages:
                if viewer not in self._windows:
                    continue  # it went away during the flush
                if viewer.user_id in leaving:
                    self._send_away(viewer, updates)
                elif frame := frames.get((window, viewer.audience)):
                    viewer.write_prepared(frame.prepared)
                    self._show(viewer, frame.window)
                elif state := later.get((window, viewer.audience)):
                    joining[viewer] = state
        self.typing.stop(updates.authors)
        return {viewer: joining[viewer] for viewer in joining if self._windows.pop(viewer, None)}

    def _send_away(self, viewer: Viewer, updates: Updates) -> None:
        # What came before in the same flush goes unsaid too: nothing after a removal may be heard.
        if viewer.user_id in updates.ended:
            event, is_open = updates.ended[viewer.user_id], updates.group is not None
            self.end(viewer, no_longer_admitted(event, is_open=is_open), updates)
        else:
            # Its membership is another one now, which it gets with a new socket.
            viewer.close(CLOSE_RESTART)
            self._leave(viewer)

    async def admit(self, updates: Updates, joining: dict[Viewer, PageState]) -> bool:
        """Have these pages be live, with what each lacks.

        Returns whether the list of members has to be read again: by it somebody sees more, or less, than they
        were let in with.
        """
        has_doubts = False
        status = cache(begun)
        async for pages in in_slices(joining.items()):
            for viewer, state in pages:
                if not viewer.is_open:
                    continue
                if viewer.user_id not in updates.admitted:
                    self.end(viewer, not_admitted(is_open=updates.group is not None), updates)
                    continue
                if self._sees_otherwise(viewer):
                    has_doubts = True
                    self.send_back([viewer])
                    continue
                frame = updates.joining[state]
                viewer.audience = viewer.audience.wearing(updates.skin)
                viewer.write_prepared(
                    status(viewer.audience, viewer.shows_writing, self.typing.shown)
                )
                viewer.write_prepared(frame.prepared)
                self._windows[viewer] = frame.window
                is_behind = state.cursor != updates.head or state.newest is not None
                if is_behind and frame.window.newest is None:
                    self._end.give(viewer)
                if viewer in self._early_reads:
                    self.note_read(viewer, self._early_reads.pop(viewer))
                self.note_presence(viewer)
        return has_doubts

    def write_history(
        self, updates: Updates, older: dict[Viewer, Older], newer: dict[Viewer, Newer]
    ) -> None:
        """Write the lines that these pages asked for."""
        # Asked twice, or the log was replaced: the page has another oldest or newest line by now.
        for viewer, before in older.items():
            window = self._windows.get(viewer)
            if window and window.oldest == before.position:
                frame = updates.history[before]
                viewer.write_prepared(frame.prepared)
                self._show(viewer, window._replace(oldest=frame.window.oldest))
        for viewer, after in newer.items():
            window = self._windows.get(viewer)
            if window and window.newest == after.position:
                frame = updates.newer[after]
                viewer.write_prepared(frame.prepared)
                self._show(viewer, window._replace(newest=frame.window.newest))

    def wear(self, skin: str) -> None:
        """All pages were shown anew where the group wears another skin; who is here, they are told again."""
        if skin == self._skin:
            return
        self._skin = skin
        for viewer in self._windows:
            viewer.audience = viewer.audience.wearing(skin)
        self.note_presence(*self._windows)

    def _show(self, viewer: Viewer, window: Window) -> None:
        """Note which lines the page shows from now on; one that has come to the end is read from there."""
        before = self._windows.get(viewer)
        self._windows[viewer] = window
        if before and before.newest is not None and window.newest is None:
            self._end.give(viewer)

    def _pages_at_the_end(self) -> list[Viewer]:
        """Return the live pages to which new lines come."""
        return [viewer for viewer, window in self._windows.items() if window.newest is None]
