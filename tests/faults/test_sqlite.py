"""SQLite under another process's lock, and without room."""

import asyncio
import sqlite3
from collections.abc import Callable

from tests.faults.conversation import conversation
from tests.faults.run import fault
from tests.server import Server

Serve = Callable[..., Server]


async def test_everybody_waits_while_another_process_holds_the_write_lock(serve: Serve) -> None:
    server = serve()
    async with fault("sqlite-lock") as run, conversation(server, run) as talk:
        talk.begin()
        other = sqlite3.connect(server.database, autocommit=True)
        for _ in run.repeat():
            await asyncio.sleep(1)
            other.execute("BEGIN IMMEDIATE")
            before = talk.count_answered()
            await asyncio.sleep(3)
            # An answer may have been on its way.
            assert talk.count_answered() - before <= len(talk.clients)
            other.execute("ROLLBACK")
        other.close()
        ledger = await talk.settle()
        assert ledger.problems() == []
        assert ledger.numbers()["notices"] == {}
