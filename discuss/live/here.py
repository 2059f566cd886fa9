"""Who is here: told to a group's live pages, at most once a second and outside of the log."""

import asyncio
import logging
from collections.abc import Callable, Collection
from functools import cache

from discuss.db.workers import log_failure
from discuss.live.presence import PresenceTable
from discuss.live.viewer import Viewer, in_slices
from discuss.reading.presence import Here
from discuss.rendering import fragments
from discuss.server.wire import Prepared

logger = logging.getLogger(__name__)

# Seconds between two looks at who is here.
PRESENCE_INTERVAL = 1.0


class GroupPresence:
    """Who is connected to one group, and which of its pages know it."""

    def __init__(
        self, group_id: int, table: PresenceTable, pages: Callable[[], Collection[Viewer]]
    ) -> None:
        """`pages` are the live pages."""
        self._group_id = group_id
        self._table = table
        self._pages = pages
        # Who is connected at this moment; replaced as a whole, so any thread may read it.
        self.here = Here()
        # Pages that were not told yet, and whether anything may have changed.
        self._uninformed: set[Viewer] = set()
        self._has_changed = False
        self._due = 0.0
        self._telling: asyncio.Task[None] | None = None
        table.watch(group_id)

    def note(self, *joined: Viewer) -> None:
        """Who is here may have changed, or these who just came do not know it: soon they will."""
        self._uninformed.update(joined)
        self._has_changed = True
        if self._telling is None:
            self._telling = asyncio.create_task(self._tell())

    def forget(self) -> None:
        """There is nobody to tell any more."""
        if self._telling is not None:
            self._telling.cancel()
            self._telling = None

    async def _tell(self) -> None:
        clock = asyncio.get_running_loop().time
        while self._has_changed:
            await asyncio.sleep(self._due - clock())
            self._due = clock() + PRESENCE_INTERVAL
            self._has_changed = False
            uninformed, self._uninformed = self._uninformed, set()
            try:
                await self._show(uninformed)
            except Exception as error:
                text = "Who is here in group %s will be told again."
                log_failure(logger, error, text, self._group_id)
                self._has_changed = True
                self._uninformed |= uninformed
                self.here = Here()
        self._telling = None

    async def _show(self, uninformed: set[Viewer]) -> None:
        """Write who is here: to everybody where that has changed, else to those who just came."""
        pages = set(self._pages())
        through_us = Here.of({viewer.user_id: viewer.name for viewer in pages})
        self._table.show(self._group_id, through_us)
        here = through_us.and_those(self._table.elsewhere(self._group_id))
        informed = pages - uninformed if here == self.here else set()
        self.here = here
        render = cache(lambda a: Prepared(fragments.presence_changed(a, here=here)))
        async for viewers in in_slices(pages - informed):
            for viewer in viewers:
                viewer.write_prepared(render(viewer.audience))
