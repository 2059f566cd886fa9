"""A network that cuts, half-closes, delays and swallows; and one that loses answers."""

import asyncio
from collections.abc import Callable

import psycopg
import pytest

from deploy.cluster import Cluster
from tests.faults.client import Client
from tests.faults.conversation import SETTLING, Conversation, conversation, until
from tests.faults.run import fault

DELAY = 0.5


@pytest.mark.fault(name="proxy")
async def test_a_network_that_breaks_in_any_way_loses_and_doubles_nothing(cluster: Cluster) -> None:
    async with (
        fault("proxy") as run,
        conversation(cluster, run, has_proxies=True) as talk,
    ):
        talk.begin()
        repetitions = run.repeat()

        async def suffer(name: str) -> None:
            for number in repetitions:
                await FAULTS[number // len(talk.proxies) % len(FAULTS)](talk, name)

        # Each person's network has its faults while the others have theirs. It takes half a minute to
        # notice that a network swallows, so all do at once.
        await asyncio.gather(*(suffer(name) for name in talk.proxies))
        ledger = await talk.settle()
        assert ledger.problems() == []


@pytest.mark.fault(name="lost-answer")
async def test_an_answer_that_is_lost_after_the_commit_costs_nothing(cluster: Cluster) -> None:
    async with (
        fault("lost-answer") as run,
        conversation(cluster, run, has_proxies=True) as talk,
        await psycopg.AsyncConnection.connect(cluster.postgres.url, autocommit=True) as database,
    ):
        repetitions = run.repeat()

        async def lose(name: str) -> None:
            client = talk.clients_of(name)[0]
            for _ in repetitions:
                await lose_answer(talk, client, database)

        await asyncio.gather(*(lose(name) for name in talk.proxies))
        ledger = await talk.settle()
        assert ledger.problems() == []
        numbers = ledger.numbers()
        assert numbers["resends"] >= run.count
        nonces = set().union(*(client.nonces for client in talk.clients))
        groups = {client.group.name for client in talk.clients}
        rows = [row for row in ledger.rows or () if row.group in groups]
        assert len(rows) == len(nonces) == numbers["posts"] == numbers["answered"]


async def lose_answer(
    talk: Conversation, client: Client, database: psycopg.AsyncConnection
) -> None:
    """Have a message stored and its answer lost, and wait until it was sent again and answered."""
    proxy = talk.proxy_of(client)
    await until(lambda: client.is_live, f"{client} is live")
    proxy.swallow(up=False)
    saying = asyncio.create_task(talk.say_one(client))
    await asyncio.sleep(0)
    async with asyncio.timeout(SETTLING):
        while not await is_stored(database, client.posted[-1]):  # noqa: ASYNC110 (it tells nobody)
            await asyncio.sleep(0.01)
    assert not saying.done()
    proxy.break_off()
    await saying


async def is_stored(database: psycopg.AsyncConnection, text: str) -> bool:
    query = "SELECT count(*) FROM discuss_entry WHERE text = %s"
    row = await (await database.execute(query, [text])).fetchone()
    return bool(row and row[0])


# --- what a network does to all connections of one person, until they are over it -----------------------


async def cut(talk: Conversation, name: str) -> None:
    await until_back(talk, name, talk.proxies[name].cut)


async def half_close_up(talk: Conversation, name: str) -> None:
    await until_back(talk, name, lambda: talk.proxies[name].half_close(up=True))


async def half_close_down(talk: Conversation, name: str) -> None:
    await until_back(talk, name, lambda: talk.proxies[name].half_close(up=False))


async def swallow(talk: Conversation, name: str) -> None:
    await until_back(talk, name, talk.proxies[name].swallow)


async def delay(talk: Conversation, name: str) -> None:
    talk.proxies[name].delay(DELAY)
    await asyncio.sleep(6 * DELAY)
    talk.proxies[name].delay(0)


async def until_back(talk: Conversation, name: str, do: Callable[[], None]) -> None:
    """Do it, and wait until each page noticed, came back, and had an answer."""
    clients = talk.clients_of(name)
    await until(lambda: all(client.is_live for client in clients), f"{name} is live")
    before = {client: (len(client.backs), len(client.answered)) for client in clients}
    do()
    for client, (backs, answered) in before.items():
        await until(lambda c=client, n=backs: len(c.backs) > n, f"{client} is back")  # type: ignore[misc]
        await until(lambda c=client, n=answered: len(c.answered) > n, f"{client} is heard")  # type: ignore[misc]


FAULTS = (swallow, cut, delay, half_close_up, half_close_down)
