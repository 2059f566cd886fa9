"""A PostgreSQL that restarts, and one that sends its clients away."""

import asyncio
import random

import psycopg
import pytest

from deploy.cluster import Cluster
from tests.faults.conversation import Conversation, conversation, until
from tests.faults.run import fault

# Seconds between stop and start: as short as can be, so that most people only wait, and longer than anybody
# is kept waiting for a connection (CONNECT_WITHIN in discuss/db/workers.py). None: until an error was shown.
AWAY = (0.0, None, 3.0)

TERMINATE = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@pytest.mark.fault(name="postgres-restart")
async def test_a_restart_is_an_error_that_people_see_and_loses_nothing(cluster: Cluster) -> None:
    async with fault("postgres-restart") as run, conversation(cluster, run) as talk:
        talk.begin()
        for number in run.repeat():
            await asyncio.sleep(random.uniform(0.5, 2))
            await asyncio.to_thread(cluster.postgres.stop)
            if (seconds := AWAY[number % len(AWAY)]) is None:
                await somebody_sees_an_error(talk)
            else:
                await asyncio.sleep(seconds)
            await asyncio.to_thread(cluster.postgres.start)
            await talk.goes_on()
        ledger = await talk.settle()
        shown = sum(ledger.numbers()["notices"].values())
        run.numbers["besides"] = f"{shown} errors shown"
        assert ledger.problems() == []
        # Sent again from the composer that still held it: see Client.
        assert ledger.numbers()["notices"], "Nobody saw an error, so nothing was tested."
        assert ledger.numbers()["resends"]


async def somebody_sees_an_error(talk: Conversation) -> None:
    def shown() -> int:
        return sum(client.notices.total() for client in talk.clients)

    before = shown()
    await until(lambda: shown() > before, "somebody sees an error")


@pytest.mark.fault(name="postgres-terminate")
async def test_connections_that_are_cut_lose_nothing(cluster: Cluster) -> None:
    async with fault("postgres-terminate") as run, conversation(cluster, run) as talk:
        talk.begin()
        for _ in run.repeat():
            await asyncio.sleep(random.uniform(0.5, 2))
            cut = await asyncio.to_thread(terminate, cluster.postgres.url)
            assert cut, "Nobody was connected, so nothing was tested."
            await talk.goes_on()
        ledger = await talk.settle()
        shown = sum(ledger.numbers()["notices"].values())
        run.numbers["besides"] = f"{shown} errors shown"
        assert ledger.problems() == []


def terminate(url: str) -> int:
    """Cut every connection to the database but our own; return how many there were."""
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(TERMINATE).rowcount
