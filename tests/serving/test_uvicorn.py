"""Another server, which knows nothing of us: sockets through plain ASGI `send`, which waits for slow readers.

It bounds little (docs/how-it-works.md says what ours does), but nothing may be lost or doubled there either.
"""

import asyncio
import contextlib
import json
import socket
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection

from discuss.server.protocol import CLOSE_OVERLOAD, CLOSE_RESTART
from tests.faults import client
from tests.faults.conversation import Conversation, conversation, until
from tests.server import Server
from tests.serving.people import PATIENCE, close_code, gathered

# Each of these takes six bytes in HTML.
PADDING = " " + "'" * 900
# Bytes: OUTBOX_LIMIT, and more than all buffers take of what nobody reads (on_uvicorn.py). They are more
# lines than a page catches up with one by one (CATCH_UP_LINES), so it gets a fresh page, which is far
# smaller.
MUCH = 1_500_000


class Uvicorn(Server):
    """A process of uvicorn."""

    def command(self) -> list[str]:
        return [sys.executable, "-m", "tests.serving.on_uvicorn"]


@pytest.fixture
def server(tmp_path: Path, migrated: Path) -> Iterator[Uvicorn]:
    server = Uvicorn(tmp_path)
    server.start_with(migrated)
    yield server
    server.kill()
    log = server.log.read_text()
    print(log)
    assert "Traceback" not in log


@pytest.mark.timeout(600)
async def test_lost_connections_a_restart_and_a_killed_process_lose_nothing(server: Uvicorn):
    async with conversation(server, has_proxies=True) as talk:
        talk.begin()
        for name in talk.proxies:
            await cut(talk, name)
            await talk.goes_on()
        for end in (server.stop, server.kill):
            await asyncio.to_thread(end)
            await asyncio.to_thread(server.start)
            await talk.goes_on()
        ledger = await talk.settle()
        assert ledger.problems() == []
        closes = ledger.numbers()["closes"]
        assert closes[CLOSE_RESTART] > 0
        assert closes[1006] >= len(talk.clients)


async def cut(talk: Conversation, name: str) -> None:
    """Cut somebody's connections, and wait until all their pages are back."""
    before = {c: len(c.backs) for c in talk.clients_of(name)}
    talk.proxies[name].cut()
    await until(lambda: all(len(c.backs) > n for c, n in before.items()), f"{name} is back")


@pytest.mark.timeout(600)
async def test_a_reader_that_is_too_slow_is_closed_with_1013_and_catches_up(
    server: Uvicorn, monkeypatch: pytest.MonkeyPatch
):
    # The page of one that reads nothing would fetch a new socket.
    monkeypatch.setattr(client, "SILENCE_SECONDS", 3600.0)
    async with conversation(server) as talk:
        talk.padding = PADDING
        slow, *others = (c for c in talk.clients if c.group == talk.clients[0].group)
        connection = slow.socket._connection
        assert connection is not None
        stop_reading(connection)
        for _ in range(MUCH // (6 * len(PADDING)) // len(others)):
            await asyncio.gather(*(talk.say_one(other) for other in others))
        assert slow.document.texts == []
        connection.transport.resume_reading()
        await until(lambda: slow.closes, "the slow one is closed")
        assert set(slow.closes) == {CLOSE_OVERLOAD}
        ledger = await talk.settle()
        assert ledger.problems() == []
        assert [c for c in talk.clients if c.closes] == [slow]


def stop_reading(connection: ClientConnection) -> None:
    connection.transport.pause_reading()
    # What is not read is to wait at the server's side: the kernel would take 32 MB of it here.
    end: socket.socket = connection.transport.get_extra_info("socket")
    end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)


async def test_who_leaves_or_is_removed_is_told_and_hears_nothing_more(server: Uvicorn):
    ann, bob, cleo = await gathered(server, "ann", "bob", "cleo")
    path = ann.group
    async with ann.dial() as anns, bob.dial() as bobs, cleo.dial() as cleos:
        for member, its in ((ann, anns), (bob, bobs), (cleo, cleos)):
            await member.resume(its)
        await ann.post(anns, "Soup?", "nonce-soup")
        for member, its in ((ann, anns), (bob, bobs), (cleo, cleos)):
            await member.hear(its, "Soup?")
        await cleos.send(json.dumps({"verb": "leave"}))
        assert await close_code(cleos) == 4403
        await ann.submit(f"/admin/discuss/membership/{made_staff(server)}/delete/", post="yes")
        assert await close_code(bobs) == 4403
        await ann.post(anns, "Just us", "nonce-us")
        await ann.hear(anns, "Just us")
    assert ann.texts == ["Soup?", "Just us"]
    for member in (bob, cleo):
        assert "Just us" not in await member.get(path)


def made_staff(server: Server) -> int:
    """Make ann staff, and return the number of bob's membership."""
    opening = sqlite3.connect(server.database, timeout=PATIENCE, autocommit=True)
    with contextlib.closing(opening) as database:
        change = "UPDATE discuss_user SET is_staff = 1, is_superuser = 1 WHERE username = 'ann'"
        database.execute(change)
        query = (
            "SELECT discuss_membership.id FROM discuss_membership "
            "JOIN discuss_user ON discuss_user.id = user_id WHERE username = 'bob'"
        )
        (pk,) = database.execute(query).fetchone()
        return int(pk)
