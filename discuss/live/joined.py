"""Doing together what several people ask for at the same moment: in one crossing, in one transaction."""

import asyncio
from collections.abc import Callable

from discuss.live.pool import in_actor

# How many are joined at most: each holds its group's lock until the last of them is done.
MOST = 100


class Joined[Asked, Answer]:
    """A piece of work in a worker thread that many ask for.

    Whoever asks while nothing is under way is served at once; whoever comes meanwhile is served together
    with all others who do. So the work must wait for nobody's lock. For what does, `together` answers None,
    and `alone` is called with it.
    """

    def __init__(
        self,
        together: Callable[[list[Asked]], list[Answer | None]],
        alone: Callable[[Asked], Answer],
    ) -> None:
        self._together = together
        self._alone = alone
        self._waiting: list[tuple[Asked, asyncio.Future[Answer | None]]] = []
        self._crossing: asyncio.Task[None] | None = None

    async def ask(self, asked: Asked) -> Answer:
        """Have it done, and return the answer; raises what the work does."""
        answered: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, answered))
        if self._crossing is None:
            self._crossing = asyncio.create_task(self._cross())
        answer = await answered
        return await in_actor(self._alone, asked) if answer is None else answer

    async def _cross(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                await self._serve(batch)
        finally:
            self._crossing = None

    async def _serve(self, batch: list[tuple[Asked, asyncio.Future[Answer | None]]]) -> None:
        try:
            answers = await in_actor(self._together, [asked for asked, _ in batch])
        except Exception as error:
            for _, answered in batch:
                if not answered.done():  # who asked may be gone
                    answered.set_exception(error)
        else:
            for (_, answered), answer in zip(batch, answers, strict=True):
                if not answered.done():
                    answered.set_result(answer)
