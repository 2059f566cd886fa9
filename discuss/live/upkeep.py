"""What a process keeps up besides its pages: what it knows by heart, and work that is nobody's request."""

from collections.abc import Callable, Collection, Coroutine, Iterator
from typing import Any

from discuss import actions
from discuss.actions import networks
from discuss.db.workers import in_actor
from discuss.doorbell.bell import Bell
from discuss.live.clearing import clear_expired
from discuss.live.deletions import Deletions
from discuss.live.indexing import keep_index
from discuss.live.keeper import Keeper
from discuss.live.long_acts import LongActs
from discuss.live.networks import NetworkKeeper
from discuss.live.periodic import every
from discuss.live.site import SiteKeeper
from discuss.live.tasks import TaskWorker
from discuss.live.viewer import Viewer
from discuss.reading.filters import known_filters
from discuss.rendering.forgetting import forget_texts

# Seconds between two looks for deletions, and acts over many lines, that nobody goes on with: it takes two.
DELETIONS_INTERVAL = 10.0
# Seconds between two looks for tasks that no bell told of.
TASKS_INTERVAL = 15.0
# Seconds between two deletions of what has expired.
CLEARING_INTERVAL = 600.0
# Seconds between two times that it is written how often filters and blocks have hit.
HITS_INTERVAL = 2.0


class Upkeep:
    """All of it, as the hub starts and ends it. Its methods run on the hub's event loop."""

    def __init__(
        self, is_leaving: Callable[[], bool], pages: Callable[[], Collection[Viewer]]
    ) -> None:
        """`pages` returns all open pages of this process."""
        self.tasks = TaskWorker(is_leaving)
        self.site = SiteKeeper(pages)
        self.filters = Keeper(
            known_filters.renew, "The filters could not be read; the next look will."
        )
        self.networks = NetworkKeeper(pages)
        self.deletions = Deletions()
        self.long_acts = LongActs()

    def hear(self, bell: Bell) -> None:
        """Wake what the bell concerns."""
        if bell.kind == "deletion":
            self.deletions.go_on(bell.pk, beat=0)
        elif bell.kind == "long_act":
            self.long_acts.go_on(bell.pk, bell.head)
        elif bell.kind == "erased":
            forget_texts()
        elif bell.kind == "task":
            self.tasks.ring()
        elif bell.kind == "site":
            self.site.ring()
        elif bell.kind == "filters":
            self.filters.ring()
        elif bell.kind == "networks":
            self.networks.ring()

    def look(self) -> None:
        """Look for what any bell may have told."""
        self.site.ring()
        self.filters.ring()
        self.networks.ring()

    def works(self) -> Iterator[Coroutine[Any, Any, None]]:
        """Yield what is to run as long as the process does."""
        yield self.site.run()
        yield self.filters.run()
        yield self.networks.run()
        yield self.tasks.run()
        yield keep_index()
        yield every(TASKS_INTERVAL, self.tasks.look)
        yield every(DELETIONS_INTERVAL, self.deletions.look)
        yield every(DELETIONS_INTERVAL, self.long_acts.look)
        yield every(CLEARING_INTERVAL, clear_expired)
        yield every(HITS_INTERVAL, self.write)

    async def write(self) -> None:
        """Write what is counted here, and said by nobody else: how often filters and blocks have hit."""
        if actions.has_filter_hits():
            await in_actor(actions.write_filter_hits)
        if networks.has_barred():
            await in_actor(networks.write_barred)

    async def stop(self) -> None:
        """End what does not end with `works()`."""
        await self.deletions.stop()
        await self.long_acts.stop()
