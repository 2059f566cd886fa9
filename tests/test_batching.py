"""What comes while a crossing is under way is done in the next one, all of it together."""

import asyncio
import threading

import pytest

from discuss.db import batching, giving_way
from discuss.db.batching import Batcher
from discuss.db.workers import in_worker
from tests.page import eventually


class Work:
    """Answers numbers with their double. Crossings wait for `go`."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.together_with: list[list[int]] = []
        self.batcher = Batcher[int, int]("numbers", in_worker, self.together)

    def together(self, numbers: list[int]) -> list[int]:
        self.together_with.append(numbers)
        self.go.wait(20)
        return [2 * number for number in numbers]


async def under_way(work: Work, *numbers: int) -> list[asyncio.Task[int]]:
    """Ask with the first number, and with the others once that is being done."""
    tasks = [asyncio.ensure_future(work.batcher.ask(numbers[0]))]
    await eventually(lambda: work.together_with)
    tasks += [asyncio.ensure_future(work.batcher.ask(number)) for number in numbers[1:]]
    await asyncio.sleep(0)
    return tasks


async def test_whoever_asks_first_is_served_at_once_and_the_others_together():
    work = Work()
    tasks = await under_way(work, 2, 4, 6, 8)
    work.go.set()
    assert await asyncio.gather(*tasks) == [4, 8, 12, 16]
    assert work.together_with == [[2], [4, 6, 8]]


async def test_no_more_than_so_many_share_a_batch(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(batching, "BATCH_SIZE", 2)
    work = Work()
    tasks = await under_way(work, 2, 4, 6, 8)
    work.go.set()
    await asyncio.gather(*tasks)
    assert work.together_with == [[2], [4, 6], [8]]


async def test_a_failure_is_everybodys_and_the_next_are_served_again(
    monkeypatch: pytest.MonkeyPatch,
):
    work = Work()
    work.go.set()
    monkeypatch.setattr(work.batcher, "_work", lambda numbers: [][1])
    failed = await asyncio.gather(*(work.batcher.ask(n) for n in (2, 4)), return_exceptions=True)
    assert [type(error) for error in failed] == [IndexError, IndexError]
    monkeypatch.undo()
    assert await work.batcher.ask(2) == 4


async def test_who_has_gone_away_spoils_it_for_nobody():
    work = Work()
    tasks = await under_way(work, 2, 4, 6)
    tasks[1].cancel()
    work.go.set()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert [answers[0], answers[2]] == [4, 12]
    assert isinstance(answers[1], asyncio.CancelledError)


async def test_nobody_waits_for_ever_where_the_serving_ends():
    work = Work()
    tasks = await under_way(work, 2)
    assert work.batcher._serving is not None
    work.batcher._serving.cancel()
    work.go.set()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(answers[0], asyncio.CancelledError)
    assert await work.batcher.ask(4) == 8


async def test_others_give_way_to_what_is_urgent_until_it_ends_however_it_ends(
    monkeypatch: pytest.MonkeyPatch,
):
    work, urgent = Work(), Work()
    urgent.batcher = Batcher("urgent numbers", in_worker, urgent.together, is_urgent=True)
    tasks = await under_way(work, 2)
    assert giving_way._calm.is_set()
    tasks += await under_way(urgent, 4, 6)
    assert not giving_way._calm.is_set()
    work.go.set()
    urgent.go.set()
    assert await asyncio.gather(*tasks) == [4, 8, 12]
    assert giving_way._calm.is_set()
    monkeypatch.setattr(urgent.batcher, "_work", lambda numbers: [][1])
    with pytest.raises(IndexError):
        await urgent.batcher.ask(2)
    assert giving_way._calm.is_set()
