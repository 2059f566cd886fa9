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

from discuss.live.viewer import CLOSE_OVERLOAD, CLOSE_RESTART
from tests.document import Document
from tests.faults.conversation import conversation, until
from tests.server import Server
from tests.serving.people import Browser, close_code

# Each of these takes six bytes in HTML.
PADDING = " " + "'" * 2000
# Bytes: several times what the kernel takes of what nobody reads. The rest is more lines than a page catches
# up with one by one (CATCH_UP_LINES), so that it gets a fresh page's, which are fewer than OUTBOX_LIMIT.
MUCH = 10_000_000


class Uvicorn(Server):
    """A process of uvicorn."""

    def command(self) -> list[str]:
        address = ["--host", "127.0.0.1", "--port", str(self.port)]
        # Ours compresses nothing over a socket. And one letter many times over would fill no buffer.
        options = [*address, "--ws-per-message-deflate", "false"]
        return [sys.executable, "-m", "uvicorn", *options, self.application]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Uvicorn]:
    server = Uvicorn(tmp_path)
    server.manage("migrate", "--no-input", "-v0")
    server.start()
    yield server
    server.kill()
    log = server.log.read_text()
    print(log)
    assert "Traceback" not in log


async def test_lost_connections_a_restart_and_a_killed_process_lose_nothing(server: Uvicorn):
    async with conversation(server, has_proxies=True) as talk:
        talk.begin()
        for proxy in talk.proxies.values():
            proxy.cut()
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


async def test_a_reader_that_is_too_slow_is_closed_with_1013_and_catches_up(server: Uvicorn):
    async with conversation(server) as talk:
        talk.padding = PADDING
        slow, *others = (c for c in talk.clients if c.group == talk.clients[0].group)
        connection = slow.socket._connection
        assert connection is not None
        stop_reading(connection)
        for _ in range(MUCH // (6 * len(PADDING)) // len(others)):
            await asyncio.gather(*(talk.say_one(client) for client in others))
        assert slow.document.texts == []
        connection.transport.resume_reading()
        await until(lambda: slow.closes, "the slow one is closed")
        assert set(slow.closes) == {CLOSE_OVERLOAD}
        ledger = await talk.settle()
        assert ledger.problems() == []
        assert [client for client in talk.clients if client.closes] == [slow]


def stop_reading(connection: ClientConnection) -> None:
    connection.transport.pause_reading()
    # What is not read is to wait at the server's side: the kernel would take 32 MB of it here.
    end: socket.socket = connection.transport.get_extra_info("socket")
    end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)


async def test_who_leaves_or_is_removed_is_told_and_may_come_again(server: Uvicorn):
    ann, bob, cleo = [Browser(server) for _ in range(3)]
    await ann.sign_up("ann")
    await bob.sign_up("bob")
    await cleo.sign_up("cleo")
    await ann.submit("/groups/new/", name="Kitchen")
    path = ann.path
    for member in (bob, cleo):
        await member.submit("/", f"{path}join/")
    for member in (ann, bob, cleo):
        await member.load(path)
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
    for member in (bob, cleo):
        assert "Just us" not in await member.get(path)
        await member.submit("/", f"{path}join/")
        await member.load(path)
    async with ann.dial() as anns, bob.dial() as bobs:
        await ann.resume(anns)
        await bob.resume(bobs)
        await bob.post(bobs, "Again", "nonce-again")
        for member, its in ((ann, anns), (bob, bobs)):
            await member.hear(its, "Again")
    texts = ["Soup?", "Just us", "Again"]
    assert (ann.texts, bob.texts) == (texts, ["Again"])
    for member in (ann, bob, cleo):
        assert Document(await member.get(path)).texts == texts


def made_staff(server: Server) -> int:
    """Make ann staff, and return the number of bob's membership."""
    with contextlib.closing(sqlite3.connect(server.database, autocommit=True)) as database:
        change = "UPDATE discuss_user SET is_staff = 1, is_superuser = 1 WHERE username = 'ann'"
        database.execute(change)
        query = (
            "SELECT discuss_membership.id FROM discuss_membership "
            "JOIN discuss_user ON discuss_user.id = user_id WHERE username = 'bob'"
        )
        (pk,) = database.execute(query).fetchone()
        return int(pk)
