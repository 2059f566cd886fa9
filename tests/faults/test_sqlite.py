"""SQLite under another process's lock, and without room."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial

import pytest

from tests.faults.client import Client
from tests.faults.conversation import Conversation, conversation, until
from tests.faults.run import fault
from tests.server import Server
from tests.told import FAILED

Serve = Callable[..., Server]


@pytest.mark.fault(name="sqlite-lock")
@pytest.mark.both_ways
async def test_everybody_waits_while_another_process_holds_the_write_lock(
    serve: Serve, way: str
) -> None:
    server = serve()
    async with fault("sqlite-lock", way) as run, conversation(server, run) as talk:
        talk.begin()
        other = sqlite3.connect(server.database, timeout=60, autocommit=True)
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


@pytest.mark.fault(name="sqlite-full")
async def test_a_full_database_is_said_clearly_and_what_was_typed_stays(serve: Serve) -> None:
    server = serve()
    async with fault("sqlite-full") as run, conversation(server, run) as talk:
        talk.padding = " long" * 300
        talk.begin()
        for _ in run.repeat():
            await asyncio.to_thread(server.stop)
            with narrow(server, pages=8):
                await asyncio.to_thread(server.start)
                # Of everybody: the clients look whether their composers still hold what was typed.
                await until(partial(all_are_told, talk, notices(talk)), "everyone sees an error")
                await asyncio.to_thread(server.stop)
            assert is_sound(server)
            await asyncio.to_thread(server.start)
            before = {client: len(client.answered) for client in talk.clients}
            await until(partial(all_are_heard, before), "everyone is heard again")
        ledger = await talk.settle()
        assert ledger.problems() == []
        assert set(ledger.numbers()["notices"]) == {FAILED}


@contextmanager
def narrow(server: Server, *, pages: int) -> Iterator[None]:
    """Let the database grow by so many pages only, while the server is started here."""
    with closing(sqlite3.connect(server.database)) as database:
        (present,) = database.execute("PRAGMA page_count").fetchone()
    usual = dict(server.environment)
    server.environment["DJANGO_SETTINGS_MODULE"] = "tests.faults.narrow_settings"
    server.environment["MAX_PAGES"] = str(present + pages)
    try:
        yield
    finally:
        server.environment.clear()
        server.environment.update(usual)


def notices(talk: Conversation) -> dict[Client, int]:
    return {client: client.notices.total() for client in talk.clients}


def all_are_told(talk: Conversation, before: dict[Client, int]) -> bool:
    return all(client.notices.total() > before[client] for client in talk.clients)


def all_are_heard(before: dict[Client, int]) -> bool:
    return all(len(client.answered) > count for client, count in before.items())


def is_sound(server: Server) -> bool:
    """Whether the file is whole, and no group's head is past its lines: nothing is half-written."""
    with closing(sqlite3.connect(server.database)) as database:
        (said,) = database.execute("PRAGMA integrity_check").fetchone()
        query = (
            "SELECT count(*) FROM discuss_group WHERE head != "
            "(SELECT max(change) FROM discuss_entry WHERE group_id = discuss_group.id)"
        )
        (ahead,) = database.execute(query).fetchone()
    return said == "ok" and ahead == 0
