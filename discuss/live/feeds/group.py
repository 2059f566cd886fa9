"""The feed of one group: live delivery, catching up and repair are its one code path."""

from collections.abc import Callable
from typing import Any

from discuss.live.end import Readers
from discuss.live.feeds.base import Feed
from discuss.live.flushes import Requests, UpdateReader
from discuss.live.group_pages import GroupPages
from discuss.live.later import Later
from discuss.live.presence import PresenceTable
from discuss.live.states import Newer, Older, PageState, UpdateRequest, Updates, Window
from discuss.live.typing import GroupTyping
from discuss.live.viewer import Viewer
from discuss.reading.members import Shown
from discuss.reading.presence import Here
from discuss.rules.text import Text


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
        # What the group wore at the cursor, where any skin has templates.
        self._skin = ""
        # The list of members that all live pages show.
        self._shown: Shown | None = None
        self._updates = UpdateReader()
        self._pages = GroupPages(group_id, presence, readers, self.leave)
        self._joining = Requests[PageState](self.ring)
        self._older = Requests[Older](self.ring)
        self._newer = Requests[Newer](self.ring)
        self._later = Later(self.ring)
        super().__init__(f"group {group_id}", on_empty)

    @property
    def here(self) -> Here:
        """Who is connected at this moment; for any thread."""
        return self._pages.here

    @property
    def typing(self) -> GroupTyping:
        return self._pages.typing

    @property
    def is_idle(self) -> bool:
        return super().is_idle and self._pages.is_idle and self._later.is_idle

    @property
    def is_empty(self) -> bool:
        return not self._pages and not self._joining

    @property
    def viewers(self) -> list[Viewer]:
        return [*self._pages, *self._joining]

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
        self._joining.add(viewer, state)

    def ask_older(self, viewer: Viewer, position: int) -> None:
        """Send the lines before `position`; for one that is not the page's oldest, nothing comes."""
        window = self._window(viewer)
        if viewer.is_open and window and position == window.oldest:
            self._older.add(viewer, Older(position, viewer.audience))

    def ask_newer(self, viewer: Viewer, position: int) -> None:
        """Send the lines after `position`; for one that is not the page's newest, nothing comes."""
        window = self._window(viewer)
        if viewer.is_open and window and position == window.newest:
            self._newer.add(viewer, Newer(position, viewer.audience))

    def note_read(self, viewer: Viewer, position: int) -> None:
        """The page has the end of its log in sight that stands for this position."""
        self._pages.note_read(viewer, position)

    def stop_reading(self, user_id: int) -> None:
        """This person has marked something as unread: their pages read nothing until more comes."""
        for viewer in [each for each in self.viewers if each.user_id == user_id]:
            self._pages.stop_reading(viewer)

    def leave(self, viewer: Viewer) -> None:
        self._pages.leave(viewer)
        for requests in (self._joining, self._older, self._newer):
            requests.leave(viewer)
        if self.is_empty:
            self._pages.forget()
            self._rung.set()
        else:
            self.note_presence()

    def end(self, viewer: Viewer, text: Text) -> None:
        """Tell the page that its person is no member, and close it."""
        self._pages.end(viewer, text)

    def stop(self) -> None:
        self._pages.stop()
        self._later.stop()
        super().stop()

    def note_presence(self) -> None:
        """Who is here may have changed."""
        self._pages.note_presence()

    async def flush(self) -> None:
        # What comes in while the flush reads waits for the next one.
        joining, older, newer = self._joining.take(), self._older.take(), self._newer.take()
        live = self._pages.windows
        try:
            updates = await self._read(live, joining, older, newer)
        except Exception:
            for requests in (self._joining, self._older, self._newer):
                requests.give_back()
            raise
        try:
            if updates is None:
                await self._pages.say_it_is_gone([*live, *joining])
                return
            has_moved = self.cursor not in (None, updates.head)
            self.cursor, self._epoch = updates.head, updates.epoch
            if updates.shown is not self._shown:
                self._shown = updates.shown
                self._pages.note_members(updates.shown)
            later = await self._pages.write_live(updates, live, is_news=has_moved)
            for viewer, state in later.items():
                self.join(viewer, state)
            if await self._pages.admit(updates, joining):
                self._shown = None
            self._pages.write_history(updates, older, newer)
            self._skin = updates.skin
            self._pages.wear(updates.skin)
        except Exception:
            # Whoever has not been written to would miss it for good, and not know: all come back.
            self._pages.send_back([*live, *joining])
            raise

    def _window(self, viewer: Viewer) -> Window | None:
        """Return which lines the page shows, live or about to be."""
        state = self._joining.of(viewer)
        return self._pages.window(viewer) or (state and state.window)

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
                skin=self._skin,
            )
        )
