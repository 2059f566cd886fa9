"""The hub: every open page of this process, and what makes each of them current.

It hears the doorbell, wakes the feed it concerns, sweeps for what no bell told, sends signs of life, and
closes the pages of people who may not be here any more. It lives on one event loop and starts with the
first page (Daphne announces no start of its own).
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Coroutine
from functools import cache
from typing import Any

from channels.layers import get_channel_layer

from discuss import fragments
from discuss.live import doorbell
from discuss.live.doorbell import LAYER_GROUP, Bell
from discuss.live.feed import Feed
from discuss.live.group_feed import NO_MEMBER, GroupFeed
from discuss.live.lobby_feed import Joining, LobbyFeed
from discuss.live.pool import in_worker
from discuss.live.turn import Place
from discuss.live.viewer import CLOSE_RESTART, Viewer
from discuss.models import Group, User
from discuss.reading.log import read_heads, read_members_of

logger = logging.getLogger(__name__)

# Seconds between two comparisons of every feed with the database.
SWEEP_INTERVAL = 5.0
# Seconds between two checks that every page's session and membership still stand.
STANDING_INTERVAL = 60.0
# Seconds between two signs of life; pages say that they are reconnecting after 30 without one.
STATUS_INTERVAL = 20.0
# Seconds after a person's bell when their sessions are looked at: log-out rings just before its session
# ends, so once is not enough.
LOOKS = (0.0, 0.5, 1.5)
# Seconds before a channel layer that failed is listened to again.
LISTEN_AGAIN = 1.0


class Hub:
    """All open pages of this process. Its methods run on the event loop that started it."""

    def __init__(self) -> None:
        self._feeds: dict[int, GroupFeed] = {}
        self._lobby: LobbyFeed | None = None
        self._feed_of: dict[Viewer, Feed] = {}
        self._people: defaultdict[int, set[Viewer]] = defaultdict(set)
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        # Its one channel of the layer, once it listens.
        self._channel = ""
        # This process is about to end: new visitors had better go elsewhere.
        self.is_leaving = False

    # --- pages come and go --------------------------------------------------------------------------

    def join_group(self, viewer: Viewer, group_id: int, place: Place) -> None:
        """Bring a group's page up to the head, and keep it there."""
        if group_id not in self._feeds:
            self._feeds[group_id] = GroupFeed(group_id, lambda: self._feeds.pop(group_id, None))
        self._welcome(viewer, self._feeds[group_id])
        self._feeds[group_id].join(viewer, place)

    def join_lobby(self, viewer: Viewer, joining: Joining) -> None:
        """Bring a page of the lobby up to date, and keep it there."""
        if self._lobby is None:
            self._lobby = LobbyFeed(self._close_lobby)
        self._welcome(viewer, self._lobby)
        self._lobby.join(viewer, joining)

    def leave(self, viewer: Viewer) -> None:
        """The page is closed: nothing more is written to it."""
        viewer.is_open = False
        feed = self._feed_of.pop(viewer, None)
        if feed is not None:
            feed.leave(viewer)
            self._people[viewer.user_id].discard(viewer)
            if not self._people[viewer.user_id]:
                del self._people[viewer.user_id]

    def ask_older(self, viewer: Viewer, group_id: int, position: int) -> None:
        """Send the page the lines before `position`, its oldest."""
        if group_id in self._feeds:
            self._feeds[group_id].ask_older(viewer, position)

    def answer_lobby(self, viewer: Viewer, group: Group, *, is_member: bool) -> None:
        """Show the actor's own page of the lobby what their joining or leaving came to."""
        if self._lobby:
            self._lobby.answer(viewer, group, is_member=is_member)

    def people_here(self, group_id: int) -> tuple[str, ...]:
        """Return the names of those connected to the group at this moment; any thread may ask."""
        feed = self._feeds.get(group_id)
        return feed.here if feed else ()

    # --- bells --------------------------------------------------------------------------------------

    def hear(self, bell: Bell) -> None:
        """Wake whom the bell concerns. Hearing one twice, late or for nothing is harmless."""
        if bell.kind == "group" and bell.pk in self._feeds:
            self._feeds[bell.pk].ring(bell.head)
        elif bell.kind == "lobby" and self._lobby:
            self._lobby.ring_group(bell.pk)
        elif bell.kind == "person" and bell.pk in self._people:
            if self._lobby:
                self._lobby.ring_person(bell.pk)
            self._begin(self._look_again(bell.pk))

    async def sweep(self) -> None:
        """Compare every feed with the database, in one query for all groups, and wake who is behind."""
        heads = await in_worker(read_heads, list(self._feeds))
        for group_id, feed in self._feeds.items():
            # A group that is gone has no head: its feed finds out.
            if heads.get(group_id) != feed.cursor:
                feed.ring()
        if self._lobby:
            self._lobby.ring_all()
        if self._channel:
            # The in-memory layer forgets a listener after a day.
            await get_channel_layer().group_add(LAYER_GROUP, self._channel)

    async def check_sessions(self, people: Collection[int] | None = None) -> None:
        """Close the pages (of these people) whose session no longer stands.

        With 1012, which is not the last word: a browser whose session was renewed comes back with the new
        one, any other is told at the door.
        """
        chosen = list(self._people) if people is None else people
        viewers = [viewer for user_id in chosen for viewer in self._people.get(user_id, ())]
        keys = {viewer.session_key for viewer in viewers}
        users = await in_worker(User.objects.of_sessions, keys) if keys else {}
        for viewer in viewers:
            user = users.get(viewer.session_key)
            if user is None or user.pk != viewer.user_id:
                viewer.close(CLOSE_RESTART)

    async def check_members(self) -> None:
        """Close the pages of people who are no members, where the log did not say so."""
        for group_id, feed in list(self._feeds.items()):
            viewers = feed.viewers
            members = await in_worker(read_members_of, group_id, {v.user_id for v in viewers})
            strangers = [v for v in viewers if v.is_open and v.user_id not in members]
            if not strangers:
                continue
            heads = await in_worker(read_heads, [group_id])
            if heads.get(group_id) != feed.cursor:
                # The log does say so: the feed's own turn tells them what happened.
                feed.ring()
                continue
            for viewer in strangers:
                feed.end(viewer, NO_MEMBER)

    # --- life ---------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to hear and to sweep on the running loop; started already, it does nothing."""
        loop = asyncio.get_running_loop()
        if self._loop is loop:
            return
        self._loop = loop
        doorbell.attach(loop, self.hear)
        self._begin(self._listen())
        self._begin(_every(SWEEP_INTERVAL, self.sweep))
        self._begin(_every(STANDING_INTERVAL, self.check_sessions))
        self._begin(_every(STANDING_INTERVAL, self.check_members))
        self._begin(_every(STATUS_INTERVAL, self.renew_status))

    async def stop(self) -> None:
        """End everything that runs, as at the end of the process."""
        doorbell.detach()
        for feed in (*self._feeds.values(), *([self._lobby] if self._lobby else [])):
            feed.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for kept in (self._feeds, self._feed_of, self._people, self._tasks):
            kept.clear()
        self._lobby = self._loop = None
        self._channel = ""

    async def renew_status(self) -> None:
        """Write the sign of life to every page."""
        status = cache(fragments.status_renewed)
        for viewer in list(self._feed_of):
            viewer.write(status(viewer.audience))

    @property
    def is_idle(self) -> bool:
        """Whether every bell heard so far is answered."""
        return all(feed.is_idle for feed in {*self._feeds.values(), *self._feed_of.values()})

    def _welcome(self, viewer: Viewer, feed: Feed) -> None:
        self.start()
        self._feed_of[viewer] = feed
        self._people[viewer.user_id].add(viewer)

    def _close_lobby(self) -> None:
        self._lobby = None

    async def _look_again(self, user_id: int) -> None:
        begin = asyncio.get_running_loop().time()
        for seconds in LOOKS:
            await asyncio.sleep(begin + seconds - asyncio.get_running_loop().time())
            try:
                await self.check_sessions([user_id])
            except Exception:
                logger.exception("The sessions of user %s could not be looked at.", user_id)

    async def _listen(self) -> None:
        """Hear the bells of other processes, for ever."""
        layer = get_channel_layer()
        while True:
            try:
                self._channel = await layer.new_channel()
                await layer.group_add(LAYER_GROUP, self._channel)
                while True:
                    message = await layer.receive(self._channel)
                    for bell in message["bells"]:
                        self.hear(Bell(*bell))
            except Exception as error:  # the layer may fail in its own ways; sweeps go on
                logger.warning("The channel layer cannot be heard (%r); trying again.", error)
                await asyncio.sleep(LISTEN_AGAIN)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _every(seconds: float, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            await work()
        except Exception:
            logger.exception("%s failed and will be tried again.", work.__name__)


hub = Hub()
