"""When people's time-outs end: their pages say so then, though nobody does anything."""

import asyncio
from collections.abc import Callable, Container, Iterable, Mapping
from typing import Any

from django.utils import timezone

from discuss.reading.own_groups import OwnGroup

# Seconds after the end of a time-out when its person is looked at again.
LATE = 0.05


class TimeOuts:
    """The next end of each person's. Its methods run on the hub's event loop."""

    def __init__(self, look_at: Callable[[int], Any]) -> None:
        """`look_at` is called with the person whose time-out has ended."""
        self._look_at = look_at
        self._ends: dict[int, asyncio.TimerHandle] = {}

    def note(self, own: Mapping[int, Iterable[OwnGroup]], people: Container[int]) -> None:
        """These groups of people were read anew: look at those of `people` again when they are free."""
        loop, now = asyncio.get_running_loop(), timezone.now()
        for user_id, places in own.items():
            self.forget(user_id)
            ends = [p.sanction.muted_until for p in places if p.sanction.muted_until]
            if ends and user_id in people:
                wait = (min(ends) - now).total_seconds() + LATE
                self._ends[user_id] = loop.call_later(wait, self._look_at, user_id)

    def forget(self, user_id: int) -> None:
        """Nobody sees any more when this person's time-out ends."""
        if end := self._ends.pop(user_id, None):
            end.cancel()

    def stop(self) -> None:
        for end in self._ends.values():
            end.cancel()
