"""Readers that stop reading cost the server little, and not for long."""

import asyncio
from collections.abc import Callable
from itertools import islice

import pytest

from tests.document import Document
from tests.faults.conversation import SETTLING, Conversation, conversation
from tests.faults.run import fault
from tests.faults.slow_reader import SlowReader, held, resident
from tests.server import Server

Serve = Callable[..., Server]

# Repetitions at a time, and readers of each: half of them chatter. So many at once that whatever else grows
# in the process meanwhile is little for each.
TOGETHER = 4
READERS = 4
# What the process gives back shall be given back, and not kept for later by the C library: what is measured
# is what a reader costs, not what it cost once.
ALLOCATOR = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "65536"}
# Bytes of the process's own memory that one may cost. What the kernel holds besides is its to bound.
COST = 2 * 1024 * 1024
# Each of these takes six bytes in HTML: messages as large as they can be.
PADDING = " " + "'" * 3800


@pytest.mark.fault(name="slow-reader")
@pytest.mark.both_ways
# With others beside, people write too little in a reader's time: the kernel holds all that is unread.
@pytest.mark.alone
async def test_readers_that_stop_reading_are_dropped_and_cost_little(
    serve: Serve, way: str
) -> None:
    server = serve(**ALLOCATOR)
    async with fault("slow-reader", way) as run, conversation(server, run) as talk:
        talk.padding = PADDING
        # The server's memory grows with its first large messages, whoever reads them.
        for _ in range(10):
            await talk.everyone_says_one()
        talk.begin()
        numbers = run.repeat()
        costs = []
        while together := list(islice(numbers, TOGETHER)):
            costs.append(await stop_reading(talk, server, READERS * len(together)))
        run.numbers["besides"] = f"{max(costs) / 2**20:.2f} MiB each at most"
        ledger = await talk.settle()
        assert ledger.problems() == []
        assert max(costs) <= COST


async def stop_reading(talk: Conversation, server: Server, count: int) -> int:
    """Open `count` pages and read none; return what each of them cost the process in bytes."""
    client = talk.clients[0]
    before = resident(server.pid)
    document = Document(await client.person.get(client.group.path))
    readers = []
    for _ in range(count):
        reader = await asyncio.to_thread(SlowReader, client.person, client.group.path, document)
        # Before the next one opens: the first may be dropped while the last ones do.
        assert reader.port in held(server.port)
        readers.append(reader)
    ports = {reader.port for reader in readers}
    most = 0
    # When, test_slow_readers.py in tests/serving says.
    async with asyncio.timeout(SETTLING):
        while ports & held(server.port).keys():
            for reader in readers[::2]:
                reader.chatter()
            await asyncio.sleep(0.2)
            most = max(most, resident(server.pid) - before)
    for reader in readers:
        reader.close()
    return most // len(readers)
