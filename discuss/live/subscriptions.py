"""Which feeds keep which pages of this process current."""

from collections import Counter, defaultdict
from itertools import chain

from discuss import doorbell, metrics
from discuss.db.workers import in_worker
from discuss.live.feeds.base import Feed
from discuss.live.feeds.group import GroupFeed
from discuss.live.feeds.listed import ListedFeed
from discuss.live.feeds.lobby import LobbyFeed
from discuss.live.feeds.person import PersonFeed
from discuss.live.feeds.queue import QueueFeed
from discuss.live.listed_frames import ListedPage
from discuss.live.lobby_updates import Joining
from discuss.live.marks import ReadMarks
from discuss.live.person import OwnPage
from discuss.live.presence import PresenceTable
from discuss.live.queue_updates import QueuePage
from discuss.live.states import PageState
from discuss.live.viewer import Viewer
from discuss.models import Group
from discuss.reading.log import read_heads
from discuss.reading.own_groups import HasDraft, Unwritten
from discuss.reading.presence import Here


class Subscriptions:
    """The feeds of this process, and the pages of each.

    Its methods run on the hub's event loop but `people_here`.
    """

    def __init__(self, has_draft: HasDraft = lambda membership_id, is_stored: is_stored) -> None:
        """`has_draft` returns whether somebody has a draft, where the database may not say it yet."""
        self._has_draft = has_draft
        self.groups: dict[int, GroupFeed] = {}
        self.lobby: LobbyFeed | None = None
        self.person: PersonFeed | None = None
        self.queue: QueueFeed | None = None
        self.listed: ListedFeed | None = None
        self._feeds_of: defaultdict[Viewer, list[Feed]] = defaultdict(list)
        self.presence = PresenceTable(self._show_presence)
        self.marks = ReadMarks(lambda: self.person)

    # --- pages come and go --------------------------------------------------------------------------

    def join_group(self, viewer: Viewer, group_id: int, state: PageState, own: str = "") -> None:
        """Bring a group's page up to the head, and keep it there.

        `own` is the fingerprint of the list of their own groups that it shows.
        """
        if group_id not in self.groups:
            self.groups[group_id] = GroupFeed(
                group_id, self.presence, self.marks, lambda: self._close_group(group_id)
            )
        self._feeds_of[viewer].append(self.groups[group_id])
        self.groups[group_id].join(viewer, state)
        self._join_person(viewer, OwnPage(group_id, own))

    def join_lobby(self, viewer: Viewer, joining: Joining, own: str = "") -> None:
        """Bring a page of the lobby up to date, and keep it there."""
        if self.lobby is None:
            self.lobby = LobbyFeed(self._close_lobby)
        if viewer not in self._feeds_of:
            self._feeds_of[viewer].append(self.lobby)
            self._join_person(viewer, OwnPage(None, own))
        self.lobby.join(viewer, joining)

    def _join_person(self, viewer: Viewer, page: OwnPage) -> None:
        if not viewer.shows_own:
            return
        if self.person is None:
            self.person = PersonFeed(
                Unwritten(self.marks.read_upto, self._has_draft), self._close_person
            )
        self._feeds_of[viewer].append(self.person)
        self.person.join(viewer, page)

    def join_queue(self, viewer: Viewer, page: QueuePage) -> None:
        """Keep a page's header current, and what it shows of the queue."""
        if self.queue is None:
            self.queue = QueueFeed(self._close_queue)
        if self.queue not in self._feeds_of[viewer]:
            self._feeds_of[viewer].append(self.queue)
        self.queue.join(viewer, page)

    def join_listed(self, viewer: Viewer, page: ListedPage) -> None:
        """Have a page that lists messages say what they say by now."""
        if self.listed is None:
            self.listed = ListedFeed(self._close_listed)
        self._feeds_of[viewer].append(self.listed)
        self.listed.join(viewer, page)

    def leave(self, viewer: Viewer) -> None:
        """The page is closed."""
        for feed in self._feeds_of.pop(viewer, ()):
            feed.leave(viewer)

    @property
    def viewers(self) -> list[Viewer]:
        return list(self._feeds_of)

    def count(self) -> Counter[str]:
        """Return how many pages feeds of each kind keep current."""
        feeds = chain.from_iterable(self._feeds_of.values())
        return Counter(
            {"group": 0, "lobby": 0, "person": 0, "queue": 0, "listed": 0}
            | Counter(f.kind for f in feeds)
        )

    # --- what pages ask and tell --------------------------------------------------------------------

    def ask_older(self, viewer: Viewer, group_id: int, position: int) -> None:
        """Send the page the lines before `position`, its oldest."""
        if group_id in self.groups:
            self.groups[group_id].ask_older(viewer, position)

    def ask_newer(self, viewer: Viewer, group_id: int, position: int) -> None:
        """Send the page the lines after `position`, its newest."""
        if group_id in self.groups:
            self.groups[group_id].ask_newer(viewer, position)

    def answer_lobby(self, viewer: Viewer, group: Group, *, is_member: bool) -> None:
        """Show the actor's own page of the lobby what their joining or leaving came to."""
        if self.lobby:
            self.lobby.answer(viewer, group, is_member=is_member)

    def note_page_read(self, viewer: Viewer, group_id: int, position: int) -> None:
        """The page has the end of its log in sight that stands for this position."""
        if group_id in self.groups:
            self.groups[group_id].note_read(viewer, position)

    def people_here(self, group_id: int) -> Here:
        """Return those connected to the group at this moment; for a worker thread."""
        feed = self.groups.get(group_id)
        return feed.here if feed else self.presence.ask(group_id)

    def note_typing(self, viewer: Viewer, group_id: int) -> None:
        """The page's person is typing: soon this group's pages show it, those of other processes too."""
        self.tell_typing(group_id, viewer.user_id, viewer.name)

    def tell_typing(self, group_id: int, user_id: int, name: str) -> None:
        """This person is typing; the pages of other processes show it too."""
        self.hear_typing(group_id, user_id, name)
        if self.presence.is_shared:
            doorbell.tell_typing(group_id, user_id, name)

    def hear_typing(self, group_id: int, user_id: int, name: str) -> None:
        """This person is typing, here or elsewhere."""
        if group_id in self.groups:
            self.groups[group_id].typing.note(user_id, name)

    # --- what no page asks for ----------------------------------------------------------------------

    async def sweep(self) -> None:
        """Compare every feed with the database, in one query for all groups, and wake who is behind."""
        own = self.person.groups if self.person else ()
        listed = self.listed.groups if self.listed else ()
        heads = await in_worker(read_heads, list({*self.groups, *own, *listed}))
        behind = 0
        for group_id, feed in self.groups.items():
            # A group that is gone has no head: its feed finds out.
            if heads.get(group_id) != feed.cursor:
                # One that is about to read has heard of it.
                behind += feed.is_idle
                feed.ring()
        if self.lobby:
            self.lobby.ring_all()
        if self.person:
            self.person.sweep(heads)
        if self.queue:
            self.queue.ring_all()
        if self.listed:
            self.listed.sweep(heads)
        metrics.SWEEPS.inc()
        metrics.SWEEPS_BEHIND.inc(bool(behind))

    @property
    def is_idle(self) -> bool:
        """Whether all that feeds were woken by so far is answered."""
        feeds = {*self.groups.values(), *chain.from_iterable(self._feeds_of.values())}
        return all(feed.is_idle for feed in feeds)

    # --- life ---------------------------------------------------------------------------------------

    def stop(self) -> None:
        """Stop every feed, as at the end of the process."""
        for feed in (*self.groups.values(), self.lobby, self.person, self.queue, self.listed):
            if feed is not None:
                feed.stop()

    def forget(self) -> None:
        """Be as new, once all is stopped."""
        self.groups.clear()
        self._feeds_of.clear()
        self.lobby = self.person = self.queue = self.listed = None
        self.presence = PresenceTable(self._show_presence)

    def _close_group(self, group_id: int) -> None:
        self.groups.pop(group_id, None)
        self.presence.close(group_id)

    def _close_lobby(self) -> None:
        self.lobby = None

    def _close_person(self) -> None:
        self.person = None

    def _close_queue(self) -> None:
        self.queue = None

    def _close_listed(self) -> None:
        self.listed = None

    def _show_presence(self, group_id: int) -> None:
        if group_id in self.groups:
            self.groups[group_id].note_presence()
