"""The hub goes on with long work, one step after the other, until it is done."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from typing import Any

from discuss.db.workers import in_actor, in_worker, log_failure

logger = logging.getLogger(__name__)

# What stands for the end of the steps: StopIteration does not cross into an event loop.
DONE = -1.0


class LongWork:
    """The works of one kind that this process goes on with. Its methods run on the hub's event loop.

    `read_beats` tells the beat of each that goes on, by its key; `read` returns one that is at a beat; and
    `take_steps` goes on with it (discuss/actions/steps.py).
    """

    def __init__(
        self,
        name: str,
        read_beats: Callable[[], dict[int, int]],
        read: Callable[[int, int], Any],
        take_steps: Callable[[Any], Iterator[float]],
    ) -> None:
        self._name = name
        self._read_beats, self._read, self._take = read_beats, read, take_steps
        self._tasks: dict[int, asyncio.Task[None]] = {}
        # From which beat those are gone on with that were turned round meanwhile.
        self._turned: dict[int, int] = {}
        # The beat of each at the latest look.
        self._beats: dict[int, int] = {}
        # Which one a look went on with latest, whatever came of it.
        self._tried = 0
        # One step at a time, so that no more than one thread is busy with this, and others rest.
        self._stepping = asyncio.Lock()

    async def look(self) -> None:
        """Go on with one whose beat stood still since the latest look: nobody does, or not any more.

        They have their turns by key. One that fails again and again keeps none of the others waiting.
        """
        before, self._beats = self._beats, await in_worker(self._read_beats)
        still = [
            pk
            for pk, beat in sorted(self._beats.items())
            if before.get(pk) == beat and pk not in self._tasks
        ]
        if not still:
            return
        # Where there are many, each waits for its turn somewhere, and its beat stands still for long. So a
        # look takes one.
        self._tried = next((pk for pk in still if pk > self._tried), still[0])
        self.go_on(self._tried, self._beats[self._tried])

    def go_on(self, pk: int, beat: int) -> None:
        """Go on with one from this beat, unless somebody else does."""
        if pk in self._tasks:
            # It may have been turned round, and then what goes on here ends at its next step.
            self._turned[pk] = beat
            return
        task = self._tasks[pk] = asyncio.create_task(self._take_steps(pk, beat))
        task.add_done_callback(lambda task: self._end(pk))

    async def stop(self) -> None:
        self._turned.clear()
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def _end(self, pk: int) -> None:
        self._tasks.pop(pk, None)
        if (beat := self._turned.pop(pk, None)) is not None:
            self.go_on(pk, beat)

    async def _take_steps(self, pk: int, beat: int) -> None:
        try:
            work = await in_worker(self._read, pk, beat)
            if work is None:
                return
            steps = self._take(work)
            pause = 0.0
            while pause != DONE:
                async with self._stepping:
                    pause = await in_actor(next, steps, DONE)
                    await asyncio.sleep(pause)
        except Exception as error:
            log_failure(logger, error, "%s %s failed and will be tried again.", self._name, pk)
