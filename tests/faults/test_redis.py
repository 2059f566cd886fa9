"""A Redis that dies, hangs, and forgets: people talk on, and the gap closes."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable

import pytest

from deploy.cluster import Cluster
from deploy.cluster.redis import Redis
from tests.faults.client import Client
from tests.faults.conversation import SETTLING, Conversation, conversation, until
from tests.faults.repetitions import IS_MEASURED
from tests.faults.run import fault

# Seconds in which a line must have come to every page, once nothing is in the way any more.
GAP_SECONDS = 10.0
# Seconds that somebody may wait for an answer meanwhile: a moment, where Redis hangs for 8 s.
WAIT_SECONDS = 4.0

# Waits until somebody is answered who speaks from now on.
IsHeard = Callable[[], Awaitable[None]]


async def restart(redis: Redis, somebody_is_heard: IsHeard) -> None:
    await asyncio.to_thread(redis.kill)
    await asyncio.sleep(random.uniform(0, 3))
    await somebody_is_heard()
    await asyncio.to_thread(redis.start)


async def hang(redis: Redis, somebody_is_heard: IsHeard) -> None:
    redis.pause()
    await asyncio.sleep(8)
    await somebody_is_heard()
    redis.resume()


async def cut(redis: Redis, somebody_is_heard: IsHeard) -> None:
    await asyncio.to_thread(redis.command, "CLIENT", "KILL", "TYPE", "pubsub")
    await asyncio.to_thread(redis.command, "CLIENT", "KILL", "TYPE", "normal")


async def flush(redis: Redis, somebody_is_heard: IsHeard) -> None:
    await asyncio.to_thread(redis.command, "FLUSHALL")


@pytest.mark.parametrize(
    ("name", "break_it"),
    [
        pytest.param("redis-restart", restart, marks=pytest.mark.fault(name="redis-restart")),
        pytest.param("redis-stop", hang, marks=pytest.mark.fault(name="redis-stop")),
        pytest.param("redis-client-kill", cut, marks=pytest.mark.fault(name="redis-client-kill")),
        pytest.param("redis-flushall", flush, marks=pytest.mark.fault(name="redis-flushall")),
    ],
)
async def test_posting_goes_on_and_the_gap_closes(
    cluster: Cluster,
    name: str,
    break_it: Callable[[Redis, IsHeard], Awaitable[None]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # No page saves itself by a new socket.
    monkeypatch.setattr("tests.faults.client.SILENCE_SECONDS", 10 * SETTLING)
    waits: list[float] = []
    gaps: list[float] = []

    async def somebody_is_heard() -> None:
        before = len(waits)
        # Two more: one may have spoken already.
        await until(lambda: len(waits) > before + 1, "somebody is answered meanwhile")

    async with fault(name) as run, conversation(cluster, run) as talk:
        for _ in run.repeat():
            await asyncio.sleep(random.uniform(0, 2))
            breaking = asyncio.ensure_future(break_it(cluster.redis, somebody_is_heard))
            # One says something now and then and all others are silent: what is missed is not made up for
            # by the next bell.
            while True:
                speaker = random.choice(talk.clients)
                begin = time.monotonic()
                await talk.say_one(speaker)
                waits.append(time.monotonic() - begin)
                if breaking.done():
                    break
                await asyncio.wait({breaking}, timeout=random.uniform(0, 2))
                if breaking.done():
                    break
            await breaking
            gaps.append(await seconds_until_shown(talk, speaker))
        run.numbers["besides"] = (
            f"answered within {max(waits):.1f} s, shown to all {max(gaps):.1f} s after it, at most"
        )
        ledger = await talk.settle()
        assert ledger.problems() == []
        assert ledger.numbers()["closes"] == {}
        assert ledger.numbers()["notices"] == {}
        if IS_MEASURED:
            assert max(waits) <= WAIT_SECONDS
            assert max(gaps) <= GAP_SECONDS


async def seconds_until_shown(talk: Conversation, speaker: Client) -> float:
    """Wait until what somebody said last is on every page of its group; return the seconds it took."""
    begin, said = time.monotonic(), speaker.posted[-1]
    pages = [client for client in talk.clients if client.group == speaker.group]
    await until(lambda: all(said in page.document.texts for page in pages), "it is shown")
    return time.monotonic() - begin
