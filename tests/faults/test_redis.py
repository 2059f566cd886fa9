"""A Redis that dies, hangs, and forgets: people talk on, and the gap closes."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable

import pytest

from deploy.cluster import Cluster
from deploy.cluster.redis import Redis
from tests.faults.conversation import Conversation, conversation, until
from tests.faults.run import fault

# Seconds in which a line must have come to every page, once nothing is in the way any more.
GAP_SECONDS = 10.0


async def restart(redis: Redis) -> None:
    await asyncio.to_thread(redis.kill)
    await asyncio.sleep(random.uniform(0, 3))
    await asyncio.to_thread(redis.start)


async def hang(redis: Redis) -> None:
    redis.pause()
    await asyncio.sleep(8)
    redis.resume()


async def cut(redis: Redis) -> None:
    await asyncio.to_thread(redis.command, "CLIENT", "KILL", "TYPE", "pubsub")
    await asyncio.to_thread(redis.command, "CLIENT", "KILL", "TYPE", "normal")


async def flush(redis: Redis) -> None:
    await asyncio.to_thread(redis.command, "FLUSHALL")


@pytest.mark.parametrize(
    ("name", "break_it"),
    [
        ("redis-restart", restart),
        ("redis-stop", hang),
        ("redis-client-kill", cut),
        ("redis-flushall", flush),
    ],
)
async def test_posting_goes_on_and_the_gap_closes(
    cluster: Cluster, name: str, break_it: Callable[[Redis], Awaitable[None]]
) -> None:
    gaps: list[float] = []
    async with fault(name) as run, conversation(cluster, run) as talk:
        talk.begin()
        for _ in run.repeat():
            await asyncio.sleep(random.uniform(0.5, 2))
            breaking = asyncio.ensure_future(break_it(cluster.redis))
            begin, before = time.monotonic(), talk.count_answered()
            await breaking
            # Nobody waited for it: at the least, somebody was answered in each second that it took.
            seconds = time.monotonic() - begin
            assert talk.count_answered() - before >= int(seconds), "people were held up"
            gaps.append(await closes(talk))
        run.numbers["besides"] = f"gap closed {max(gaps):.1f} s later at most"
        ledger = await talk.settle()
        assert ledger.problems() == []
        assert ledger.numbers()["closes"] == {}
        assert ledger.numbers()["notices"] == {}


async def closes(talk: Conversation) -> float:
    """Wait until every page shows what any page of its group shows now; return the seconds it took."""
    heads = {
        group: max(c.document.cursor for c in talk.clients if c.group == group)
        for group in {client.group for client in talk.clients}
    }
    begin = time.monotonic()
    await until(
        lambda: all(client.has_all(heads[client.group]) for client in talk.clients),
        "the gap is closed",
        GAP_SECONDS,
    )
    return time.monotonic() - begin
