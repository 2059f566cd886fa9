"""Who is typing: told to a group's live pages, at most once a second, and stored nowhere."""

import asyncio
import logging
from collections.abc import Callable, Collection
from functools import cache
from typing import NamedTuple

from discuss.live.viewer import Viewer, in_slices
from discuss.rendering import fragments
from discuss.rendering.fragments import Typist
from discuss.server.wire import Prepared

logger = logging.getLogger(__name__)

# Seconds that somebody counts as typing after their latest sign: their page gives one every three.
TYPING_FOR = 6.0
# Seconds between two frames.
TYPING_INTERVAL = 1.0


class _Sign(NamedTuple):
    name: str
    # Until when it holds, in seconds of the loop's clock.
    until: float


class GroupTyping:
    """Who is typing in one group. Its methods run on the hub's event loop."""

    def __init__(self, pages: Callable[[], Collection[Viewer]]) -> None:
        """`pages` are the live pages."""
        self._pages = pages
        # In the order in which they began.
        self._signs: dict[int, _Sign] = {}
        # What all live pages show.
        self.shown: tuple[Typist, ...] = ()
        self._due = 0.0
        self._looking: asyncio.TimerHandle | None = None
        self._writing: asyncio.Task[None] | None = None

    def note(self, user_id: int, name: str) -> None:
        """This person is typing."""
        now = asyncio.get_running_loop().time()
        self._signs[user_id] = _Sign(name, now + TYPING_FOR)
        self._look_at(now)

    def stop(self, user_ids: Collection[int]) -> None:
        """What these people were typing is in the log."""
        ended = self._signs.keys() & user_ids
        for user_id in ended:
            del self._signs[user_id]
        if ended:
            self._look_at(asyncio.get_running_loop().time())

    def forget(self) -> None:
        """There is nobody to tell any more."""
        for begun in (self._looking, self._writing):
            if begun is not None:
                begun.cancel()
        self._looking = self._writing = None
        self._signs = {}
        self.shown = ()

    def _look_at(self, when: float) -> None:
        when = max(when, self._due)
        if self._looking is not None:
            if self._looking.when() <= when:
                return
            self._looking.cancel()
        self._looking = asyncio.get_running_loop().call_at(when, self._look)

    def _look(self) -> None:
        self._looking = None
        loop = asyncio.get_running_loop()
        now = loop.time()
        self._signs = {pk: sign for pk, sign in self._signs.items() if sign.until > now}
        typists = tuple(Typist(pk, sign.name) for pk, sign in self._signs.items())[:3]
        # Of more than two nobody is named.
        is_other = typists != self.shown and min(len(typists), len(self.shown)) < 3
        if is_other:
            self._due = now + TYPING_INTERVAL
            self.shown = typists
            if self._writing is not None:
                # It takes longer than that to write to all pages: they are told the latest alone.
                self._writing.cancel()
            self._writing = loop.create_task(self._write(typists))
        if self._signs:
            self._look_at(min(sign.until for sign in self._signs.values()))

    async def _write(self, typists: tuple[Typist, ...]) -> None:
        render = cache(lambda a: Prepared(fragments.typing_shown(a, typists=typists)))
        async for viewers in in_slices(list(self._pages())):
            for viewer in viewers:
                if viewer.shows_writing:
                    viewer.write_prepared(render(viewer.audience))
