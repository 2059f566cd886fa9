"""How much one flush of a group's feed reads, and which flushes are read together."""

import asyncio

from discuss.db.batching import Batcher
from discuss.db.workers import in_worker
from discuss.live.states import UpdateRequest, Updates
from discuss.live.updates import read_updates_of
from discuss.live.viewer import Viewer

# States of joining pages that one flush renders for, each a frame of its own: pages that came back after a
# restart share a few, and a flush keeps those of other groups waiting.
STATES_AT_ONCE = 20

# Seconds of computing after which a group's flushes keep those of quick groups waiting no longer, and seconds
# for which that holds.
SLOW = 0.02
SLOW_FOR = 60.0

# The flushes of all groups: those that are due while some are being taken are one crossing more. Slow groups
# have one crossing among themselves.
flushes = Batcher("flushes", in_worker, read_updates_of)
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


def share_out[T](waiting: dict[Viewer, T]) -> tuple[dict[Viewer, T], dict[Viewer, T]]:
    """Return whose requests, STATES_AT_ONCE different ones, are met in this flush, and whose are not yet."""
    requests = set(list(dict.fromkeys(waiting.values()))[:STATES_AT_ONCE])
    met = {viewer: request for viewer, request in waiting.items() if request in requests}
    return met, {viewer: request for viewer, request in waiting.items() if viewer not in met}
