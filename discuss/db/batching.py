"""Doing together what many ask for at the same moment, in one crossing into a worker thread."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import nullcontext

from discuss import metrics
from discuss.db.giving_way import urgent

# How many are joined at most: each waits until the last of them is done.
BATCH_SIZE = 50


class Batcher[Asked, Answer]:
    """A piece of work in a worker thread that many ask for.

    If no batch is under way, a request starts one. Requests that come meanwhile form the next. So the work
    must wait for nothing, such as a group's lock.
    """

    def __init__(
        self,
        name: str,
        cross: Callable[
            [Callable[[list[Asked]], list[Answer]], list[Asked]], Awaitable[list[Answer]]
        ],
        work: Callable[[list[Asked]], list[Answer]],
        *,
        is_urgent: bool = False,
    ) -> None:
        """`name` is what metrics call it.

        `cross` is in_worker or in_poster (discuss.db.workers); `work` returns an answer for each. To what is
        urgent, threads that answer requests give way.
        """
        self._size = metrics.BATCH.labels(name)
        self._cross_over = cross
        self._work = work
        self._is_urgent = is_urgent
        self._waiting: list[tuple[Asked, asyncio.Future[Answer]]] = []
        self._serving: asyncio.Task[None] | None = None

    async def ask(self, asked: Asked) -> Answer:
        """Have it done, and return the answer; raises what the work does."""
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, answered))
        if self._serving is None:
            # Eager: the crossing begins here and now, not a turn of the event loop later.
            loop = asyncio.get_running_loop()
            task = asyncio.Task(self._serve(), loop=loop, eager_start=True)
            self._serving = None if task.done() else task
        return await answered

    async def _serve(self) -> None:
        try:
            with urgent() if self._is_urgent else nullcontext():
                while self._waiting:
                    batch, self._waiting = self._waiting[:BATCH_SIZE], self._waiting[BATCH_SIZE:]
                    await self._serve_together(batch)
        finally:
            self._serving = None

    async def _serve_together(self, batch: list[tuple[Asked, asyncio.Future[Answer]]]) -> None:
        self._size.observe(len(batch))
        try:
            answers = await self._cross_over(self._work, [asked for asked, _ in batch])
            for (_, answered), answer in zip(batch, answers, strict=True):
                if not answered.done():  # who asked may be gone
                    answered.set_result(answer)
        except Exception as error:
            for _, answered in batch:
                if not answered.done():
                    answered.set_exception(error)
        finally:
            # However it ended, nobody waits for ever.
            for _, answered in batch:
                answered.cancel()
