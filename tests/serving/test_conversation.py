"""The whole of it as people run it: a real Daphne, real sockets, a restart in the middle."""

import asyncio
import contextlib
import json
import os
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin

from discuss.db import workers
from tests.server import WITHOUT_EXTENSION, Server
from tests.serving.people import PATIENCE, Browser, close_code, gathered
from tests.serving.wire import Wire, refuses
from tests.ways import CHOSEN_WAYS, PLAIN_SEND, WAYS

# All share a server, and the last one reads its log.
pytestmark = pytest.mark.xdist_group("conversation")
in_both_ways = pytest.mark.parametrize("server", WAYS, indirect=True)


@pytest.fixture(scope="module", params=CHOSEN_WAYS)
def server(
    tmp_path_factory: pytest.TempPathFactory, migrated: Path, request: pytest.FixtureRequest
) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("server"))
    if request.param == PLAIN_SEND:
        server.environment |= WITHOUT_EXTENSION
    server.start_with(migrated)
    yield server
    server.stop()


@in_both_ways
async def test_a_conversation_with_a_restart_in_the_middle_loses_nothing(server: Server):
    ann, bob = await gathered(server, "ann", "bob")

    async with ann.dial() as anns, bob.dial() as bobs:
        await ann.resume(anns)
        await bob.resume(bobs)
        await ann.post(anns, "One", "nonce-one")
        await bob.hear(bobs, "One")
        await ann.hear(anns, "One")
        await asyncio.to_thread(server.stop)
        for socket in (anns, bobs):
            assert await close_code(socket) == 1012

    await asyncio.to_thread(server.start)
    # Bob is back first and writes; ann, who never had an answer to "One", sends it again.
    async with bob.dial() as bobs:
        await bob.resume(bobs)
        await bob.post(bobs, "Two", "nonce-two")
        await bob.hear(bobs, "Two")
        async with ann.dial() as anns:
            await ann.resume(anns)
            await ann.post(anns, "One", "nonce-one")
            await ann.post(anns, "Three", "nonce-three")
            await ann.hear(anns, "Three")
            await bob.hear(bobs, "Three")
    assert ann.texts == bob.texts == ["One", "Two", "Three"]


@in_both_ways
async def test_an_action_that_runs_at_the_end_is_finished_and_answered(server: Server):
    dave = Browser(server)
    await dave.sign_up("dave")
    await dave.submit("/groups/new/", name="Cellar")
    await dave.load(dave.path)
    opening = sqlite3.connect(server.database, timeout=PATIENCE, autocommit=True)
    with contextlib.closing(opening) as other:
        async with dave.dial() as socket:
            await dave.resume(socket)
            await dave.hear_status(socket)
            # Somebody else holds the database's lock, so that the action waits.
            other.execute("BEGIN IMMEDIATE")
            await dave.post(socket, "Coal", "nonce-coal")
            # Frames are read in order: with the pong, the message is there.
            await (await socket.ping())
            os.kill(server.pid, signal.SIGTERM)
            await refuses(server)
            other.execute("ROLLBACK")
            frames = []
            with contextlib.suppress(ConnectionClosed):
                async with asyncio.timeout(PATIENCE):
                    while True:
                        frames.append(str(await socket.recv()))
            assert socket.close_code == 1012
            assert any('id="answered"' in frame for frame in frames)
    await asyncio.to_thread(server.stop)
    await asyncio.to_thread(server.start)
    assert "Coal" in await dave.get(dave.group)


async def test_readyz_says_that_the_server_is_about_to_end(server: Server):
    async with await Wire.open(server) as probe:
        async with asyncio.timeout(PATIENCE):
            while not (await probe.ask("/readyz"))[0].startswith(b"HTTP/1.1 200 "):
                pass  # the two seconds in which the database has to answer are few on a busy machine
        # A head that has begun is waited for, and keeps the process.
        probe.write(b"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        os.kill(server.pid, signal.SIGTERM)
        await refuses(server)
        probe.write(b"\r\n")
        head, body = await probe.answer()
        assert head.startswith(b"HTTP/1.1 503 ")
        assert b"leaving" in body
    await asyncio.to_thread(server.stop)
    await asyncio.to_thread(server.start)


async def test_a_server_that_was_killed_has_kept_what_it_answered(server: Server):
    (cleo,) = await gathered(server, "cleo", group="Garden")
    async with cleo.dial() as socket:
        await cleo.resume(socket)
        await cleo.post(socket, "Slugs", "nonce-slugs")
        async with asyncio.timeout(PATIENCE):
            while 'id="answered"' not in str(await socket.recv()):
                pass
        await asyncio.to_thread(server.kill)
    await asyncio.to_thread(server.start)
    assert "Slugs" in await cleo.get(cleo.group)


async def test_another_origin_is_refused_in_the_handshake(server: Server):
    address = server.url.replace("http", "ws") + "/ws/"
    with pytest.raises(InvalidStatus) as refusal:
        await connect(address, origin=Origin("http://evil.example"), open_timeout=PATIENCE)
    assert refusal.value.response.status_code == 403


async def test_without_a_session_the_handshake_is_accepted_and_one_is_told(server: Server):
    async with Browser(server).dial("/ws/") as socket:
        assert "You are logged out" in str(await socket.recv())
        assert await close_code(socket) == 4401


# Sessions that have three days left.
AGED = (
    "from datetime import timedelta; from django.utils import timezone; "
    "from discuss.models import Session; "
    "Session.objects.update(expire_date=timezone.now() + timedelta(days=3))"
)


def response_of(socket: Any) -> Any:
    """Return the answer to its handshake."""
    return socket.response


async def test_probes_are_answered(server: Server):
    browser = Browser(server)
    assert await browser.get("/healthz") == "alive\n"
    assert await browser.until_ready() == "ready\n"
    address = server.url.replace("http", "ws") + "/ws/ping/"
    async with connect(address, open_timeout=PATIENCE) as socket:
        await socket.send("ping")
        assert await socket.recv() == "pong"


async def test_a_socket_renews_a_session_and_its_cookie(server: Server):
    frieda = Browser(server)
    await frieda.sign_up("frieda")
    async with frieda.dial("/ws/") as socket:
        assert "Set-Cookie" not in response_of(socket).headers
    server.manage("shell", "-v0", "-c", AGED)
    async with frieda.dial("/ws/") as socket:
        cookie = response_of(socket).headers["Set-Cookie"]
        assert cookie.startswith("discussit_session=")
        assert "Max-Age=1209600" in cookie
        assert "HttpOnly" in cookie
    async with frieda.dial("/ws/") as socket:
        assert "Set-Cookie" not in response_of(socket).headers


async def test_logging_out_closes_the_sockets_so_that_htmx_comes_back(server: Server):
    emil = Browser(server)
    await emil.sign_up("emil")
    async with emil.dial("/ws/") as socket:
        await socket.send(json.dumps({"verb": "resume"}))
        async with asyncio.timeout(PATIENCE):
            await socket.recv()
        await emil.submit("/", "/accounts/logout/")
        assert await close_code(socket) == 1012


async def test_a_flood_of_frames_is_sent_away_and_nobody_else_notices(server: Server):
    ella = Browser(server)
    await ella.sign_up("ella")
    async with ella.dial("/ws/") as flood, ella.dial("/ws/") as other:
        # Read meanwhile: the library answers no close frame behind frames that nobody takes.
        closed = asyncio.ensure_future(close_code(flood))
        await flood.send('{"verb": "resume"}')
        with contextlib.suppress(ConnectionClosed):
            while not closed.done():
                await asyncio.gather(*(flood.send('{"verb": "join"}') for _ in range(100)))
        assert await closed == 1013
        await other.send("hello")
        assert "could not be understood" in str(await other.recv())


def open_files(pid: int) -> list[str]:
    """What a process has open; a file that it closes while we look is not."""
    names = []
    for each in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            names.append(os.readlink(each))
    return names


async def test_requests_leave_no_connection_to_the_database_open(server: Server):
    browser = Browser(server)
    await asyncio.gather(*(browser.until_ready() for _ in range(10)))
    await asyncio.gather(*(browser.get("/accounts/login/") for _ in range(100)))
    fred = Browser(server)
    await fred.sign_up("fred")
    for _ in range(4):
        await asyncio.gather(*(fred.get("/") for _ in range(25)))
    files = await asyncio.to_thread(open_files, server.pid)
    # The two pools' threads keep theirs: a database, its journal and the journal's index each.
    assert sum(str(server.database) in name for name in files) <= 3 * 2 * workers.WORKERS


def test_a_port_in_use_ends_the_server_with_one_line(server: Server, tmp_path: Path):
    second = Server(tmp_path)
    second.environment["PORT"] = str(server.port)
    with pytest.raises(subprocess.CalledProcessError):
        second.manage("serve")


@in_both_ways
def test_the_log_of_the_server_holds_no_traceback(server: Server):
    """Last of this file: whatever the others did was no surprise to it."""
    assert "Traceback" not in server.log.read_text()
