"""How much one flush of a group's feed reads, and which flushes are read together."""

import asyncio
from collections.abc import Callable, Iterator

from discuss.db.batching import Batcher
from discuss.db.workers import in_worker
from discuss.live import states
from discuss.live.states import UpdateRequest, Updates
from discuss.live.updates import read_updates_of
from discuss.live.viewer import Viewer, still_open

# Seconds of computing after which a group's flushes keep those of quick groups waiting no longer, and seconds
# for which that holds.
SLOW = 0.02
SLOW_FOR = 60.0

# The flushes of all groups: those that are due while some are being taken are one crossing more. Slow groups
# have one crossing among themselves.
flushes = Batcher("flushes", in_worker, read_updates_of, is_urgent=True)
slow_flushes = Batcher("slow flushes", in_worker, read_updates_of)


class UpdateReader:
    """Reads one group's updates, together with those of other groups that take as long."""

    def __init__(self) -> None:
        self._slow_until = 0.0

    async def read(self, request: UpdateRequest) -> Updates | None:
        """Return what the pages lack, or None where the group is gone."""
        clock = asyncio.get_running_loop().time
        together = slow_flushes if clock() < self._slow_until else flushes
        updates = await together.ask(request)
        if isinstance(updates, Exception):
            raise updates
        if updates is not None and updates.seconds > SLOW:
            self._slow_until = clock() + SLOW_FOR
        return updates


class Requests[T]:
    """What pages of a group wait for: each flush takes some of it, AT_ONCE different ones."""

    def __init__(self, ring: Callable[[], None]) -> None:
        """`ring` has a flush come."""
        self._ring = ring
        self._waiting: dict[Viewer, T] = {}
        # What the latest flush has taken.
        self._taken: dict[Viewer, T] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def __iter__(self) -> Iterator[Viewer]:
        return iter(self._waiting)

    def of(self, viewer: Viewer) -> T | None:
        """Return what the page waits for, or the latest flush has taken."""
        return self._waiting.get(viewer) or self._taken.get(viewer)

    def add(self, viewer: Viewer, request: T) -> None:
        self._waiting[viewer] = request
        self._ring()

    def leave(self, viewer: Viewer) -> None:
        self._waiting.pop(viewer, None)

    def take(self) -> dict[Viewer, T]:
        """Return what this flush reads; what is left, the next one does."""
        self._taken, self._waiting = share_out(self._waiting)
        if self._waiting:
            self._ring()
        return self._taken

    def give_back(self) -> None:
        """The flush came to nothing: what it has taken is read again, unless the page asked for another."""
        self._waiting = still_open(self._taken) | self._waiting


def share_out[T](waiting: dict[Viewer, T]) -> tuple[dict[Viewer, T], dict[Viewer, T]]:
    """Return whose requests, AT_ONCE different ones, are met in this flush, and whose are not yet."""
    requests = set(list(dict.fromkeys(waiting.values()))[: states.AT_ONCE])
    met = {viewer: request for viewer, request in waiting.items() if request in requests}
    return met, {viewer: request for viewer, request in waiting.items() if viewer not in met}
