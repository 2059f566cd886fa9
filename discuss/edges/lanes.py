"""Lanes, in which things wait for a slot and for their pace."""

import asyncio
import math
from asyncio import Semaphore, sleep
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from django.conf import settings

from discuss.limits import limits

Scope = dict[str, Any]


class Allowance(NamedTuple):
    """What somebody may have: a browser, or those of an address who have no session."""

    key: str
    at_a_time: int
    length: int
    # The kinds of RATE_LIMITS that pace it, each with whose pace it is.
    paces: tuple[tuple[str, str], ...]
    # Seconds between the beginnings of two, where the first has not ended.
    apart: float = 0.0


class Full(Exception):
    """Raised where so much waits already that nothing may be added for these seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = math.ceil(seconds) or 1


class Lane:
    """What is answered to somebody, and what waits."""

    def __init__(self, at_a_time: int, apart: float) -> None:
        self.length = 0
        self._apart = apart
        self._slots = Semaphore(at_a_time)
        self._beginning = Semaphore()

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Wait for a slot, and until the one before has ended or taken so long; keep the slot."""
        async with self._slots:
            if not self._apart:
                yield
                return
            await self._beginning.acquire()
            is_first = True

            def let_next_begin() -> None:
                nonlocal is_first
                if is_first:
                    is_first = False
                    self._beginning.release()

            waiting = asyncio.get_running_loop().call_later(self._apart, let_next_begin)
            try:
                yield
            finally:
                waiting.cancel()
                let_next_begin()


class Throttle:
    """The lanes of all, for one kind of thing."""

    def __init__(self, allowance_of: Callable[[Scope], Allowance | None], within: float) -> None:
        """`allowance_of` says what somebody may have; None for what waits for nothing."""
        self._allowance_of = allowance_of
        self._within = within
        self.lanes: dict[str, Lane] = {}

    @asynccontextmanager
    async def slot(self, scope: Scope) -> AsyncIterator[None]:
        """Wait for a slot, and keep it. Raises Full at once where that would take too long."""
        if not settings.RATE_LIMITS or (allowance := self._allowance_of(scope)) is None:
            yield
            return
        lane = self.lanes.setdefault(allowance.key, Lane(allowance.at_a_time, allowance.apart))
        lane.length += 1
        try:
            if lane.length > allowance.length:
                raise Full(1.0)
            # Before there is a slot, so that who waits for a pace keeps none from those who do not.
            if wait := self._reserve(allowance):
                await sleep(wait)
            async with lane.slot():
                yield
        finally:
            lane.length -= 1
            if not lane.length:
                del self.lanes[allowance.key]

    def _reserve(self, allowance: Allowance) -> float:
        """Return the seconds until all its paces let one more in."""
        waits = [limits.reserve(kind, whose, self._within) for kind, whose in allowance.paces]
        if None in waits:
            raise Full(self._within)
        return max(wait or 0.0 for wait in waits)
