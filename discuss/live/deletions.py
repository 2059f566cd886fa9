"""The hub goes on with deletions, one step after the other, until they are done."""

import asyncio
import logging

from discuss import actions
from discuss.db.workers import in_actor, in_worker, log_failure
from discuss.reading.deletions import read_beats, read_deletion

logger = logging.getLogger(__name__)

# What stands for the end of the steps: StopIteration does not cross into an event loop.
DONE = -1.0


class Deletions:
    """The deletions that this process goes on with. Its methods run on the hub's event loop."""

    def __init__(self) -> None:
        self._tasks: dict[int, asyncio.Task[None]] = {}
        # The beat of each at the latest look.
        self._beats: dict[int, int] = {}
        # One step at a time, so that no more than one thread is busy with this, and others rest.
        self._stepping = asyncio.Lock()

    async def look(self) -> None:
        """Go on with those whose beat stood still since the latest look: nobody does, or not any more."""
        before, self._beats = self._beats, await in_worker(read_beats)
        for pk, beat in self._beats.items():
            if before.get(pk) == beat:
                self.go_on(pk, beat)
                # Where there are many, each waits for its turn somewhere, and its beat stands still for long.
                break

    def go_on(self, pk: int, beat: int) -> None:
        """Go on with a deletion from this beat, unless somebody else does."""
        if pk not in self._tasks:
            task = self._tasks[pk] = asyncio.create_task(self._take_steps(pk, beat))
            task.add_done_callback(lambda task: self._tasks.pop(pk, None))

    async def stop(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _take_steps(self, pk: int, beat: int) -> None:
        try:
            deletion = await in_worker(read_deletion, pk, beat)
            if deletion is None:
                return
            steps = actions.take_steps(deletion)
            pause = 0.0
            while pause != DONE:
                async with self._stepping:
                    pause = await in_actor(next, steps, DONE)
                    await asyncio.sleep(pause)
        except Exception as error:
            log_failure(logger, error, "Deletion %s failed and will be tried again.", pk)
