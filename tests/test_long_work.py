"""Long work is gone on with by turns: one that fails again and again keeps none of the others waiting."""

import asyncio
import logging
from collections.abc import Iterator

import pytest

from discuss.live.long_work import LongWork

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("live")]


class Works:
    """Some works, each at a beat. Those in `failing` fail, and the others take a step and end."""

    def __init__(self, *pks: int, failing: frozenset[int] = frozenset()) -> None:
        self.beats = dict.fromkeys(pks, 0)
        self.failing = failing
        self.tried: list[int] = []
        self.long = LongWork("Work", lambda: dict(self.beats), lambda pk, beat: pk, self._steps)

    def _steps(self, pk: int) -> Iterator[float]:
        self.tried.append(pk)
        if pk in self.failing:
            raise ValueError(pk)
        self.beats.pop(pk)
        yield 0.0

    async def look(self) -> None:
        await self.long.look()
        await asyncio.gather(*self.long._tasks.values())


async def test_one_that_fails_again_and_again_keeps_no_other_waiting(
    caplog: pytest.LogCaptureFixture,
):
    works = Works(3, 1, 2, failing=frozenset({1}))
    await works.look()
    # By one look nobody knows whether its beat stands still.
    assert works.tried == []
    with caplog.at_level(logging.CRITICAL):
        for _ in range(5):
            await works.look()
    assert works.tried == [1, 2, 3, 1, 1]


async def test_what_goes_on_here_is_not_begun_again_and_others_are():
    works, may_end = Works(1, 2), asyncio.Event()
    begun: list[int] = []

    async def take(pk: int, beat: int) -> None:
        begun.append(pk)
        await may_end.wait()

    works.long._take_steps = take  # type: ignore[method-assign]
    for _ in range(4):
        await works.long.look()
        await asyncio.sleep(0)
    assert begun == [1, 2]
    # Nor is it once it has ended, but by the next look.
    may_end.set()
    await asyncio.gather(*works.long._tasks.values())
    await asyncio.sleep(0)
    assert begun == [1, 2]
    assert not works.long._tasks
