"""How far people have read: told at once to their other pages here, written once a second for all."""

import asyncio
from collections.abc import Callable

from discuss import actions
from discuss.db.workers import in_actor


class ReadMarks:
    """What was read and is not written yet. Its methods run on the hub's event loop."""

    def __init__(self, on_read: Callable[[int, int, int], None]) -> None:
        """`on_read` is called with a person, a group and a position."""
        self._on_read = on_read
        # By person and group.
        self._waiting: dict[tuple[int, int], int] = {}

    def note(self, user_id: int, group_id: int, position: int) -> None:
        """This person has read so far in this group."""
        if position > self._waiting.get((user_id, group_id), 0):
            self._waiting[user_id, group_id] = position
            self._on_read(user_id, group_id, position)

    async def write(self) -> None:
        """Write what waits, in one transaction."""
        waiting, self._waiting = self._waiting, {}
        if not waiting:
            return
        try:
            await in_actor(actions.mark_read, waiting)
        except (Exception, asyncio.CancelledError):
            for place, position in waiting.items():
                self._waiting[place] = max(position, self._waiting.get(place, 0))
            raise
