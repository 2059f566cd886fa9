"""The hub's worker for tasks: woken by a bell, and by a look from time to time."""

import asyncio
import logging
from collections.abc import Callable

from discuss.db.workers import in_actor, in_tasker, log_failure
from discuss.doorbell.ringer import PROCESS
from discuss.tasks.worker import Worker

logger = logging.getLogger(__name__)


class TaskWorker:
    """Takes tasks for this process. Its methods run on the hub's event loop.

    A process that is about to end takes no further one. Its thread ends the one that it has, and Python waits
    for that.
    """

    def __init__(self, is_leaving: Callable[[], bool]) -> None:
        self._is_leaving = is_leaving
        self._worker = Worker(PROCESS)
        self._rung = asyncio.Event()
        # What a process of before has left.
        self.ring()

    def ring(self) -> None:
        """There may be a task."""
        self._rung.set()

    async def run(self) -> None:
        """Take what is due whenever a bell rang, for ever."""
        while True:
            await self._rung.wait()
            self._rung.clear()
            try:
                while not self._is_leaving() and await in_tasker(self._worker.take_one):
                    pass
            except Exception as error:
                log_failure(logger, error, "No task can be taken; the next look tries again.")

    async def look(self) -> None:
        """Look for what no bell told: new tasks, those whose pause is over, and those of ended processes."""
        await in_actor(self._worker.look)
        self.ring()
