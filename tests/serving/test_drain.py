"""SIGTERM: what runs is finished, sockets are closed with 1012, and the process ends whatever hangs."""

import asyncio
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from discuss.server.drain import END_WITHIN
from tests.serving.conftest import Start
from tests.serving.tiny import NEVER, TinyServer
from tests.serving.wire import CLOSE, PATIENCE, PING, PONG, Wire, frame, refuses, several


def patient(**drain: float) -> dict[str, Any]:
    """Return limits with which a process gives up nothing and nobody: that it ends says that all was done."""
    never = {"SETTLE_WITHIN": NEVER, "DRAIN_WITHIN": NEVER}
    return {"drain": {**never, **drain}, "server": {"END_WITHIN": NEVER}}


def terminate(server: TinyServer, number: signal.Signals = signal.SIGTERM) -> None:
    os.kill(server.pid, number)


async def ended(server: TinyServer) -> None:
    """Wait until the process has ended."""
    deadline = time.monotonic() + PATIENCE
    while server.is_running:
        assert time.monotonic() < deadline, server.log.read_text()
        await asyncio.sleep(0.02)


async def test_a_server_that_nobody_uses_ends_at_once(start: Start):
    server = start(**patient())
    terminate(server)
    await ended(server)
    assert server.log.read_text() == "draining\ngoodbye\n"


async def test_a_handler_that_runs_answers_and_then_the_socket_is_closed_with_1012(start: Start):
    server = start(**patient())
    async with await Wire.socket(server) as wire:
        wire.send("hold")
        wire.send("tell")
        await wire.is_read()
        terminate(server)
        await refuses(server)
        server.release()
        assert await wire.hear() == "released"
        assert "root_path" in await wire.hear()
        assert await wire.close_code() == 1012
    await ended(server)
    assert server.log.read_text() == "draining\ngoodbye\n"


async def test_what_comes_after_is_not_begun(start: Start):
    server = start(**patient(SPREAD_EACH=0))
    async with await Wire.socket(server) as wire, await Wire.socket(server) as idle:
        wire.send("hold")
        await wire.is_read()
        terminate(server)
        # It was the turn of both.
        assert await idle.close_code() == 1012
        wire.send("tell")
        await wire.is_read()
        server.release()
        assert await wire.hear() == "released"
        assert await wire.recv() == (CLOSE, (1012).to_bytes(2))
    await ended(server)


async def test_sockets_are_closed_one_after_the_other(start: Start):
    server = start(**patient(SPREAD_EACH=0.1))

    async def closed(wire: Wire) -> float:
        assert await wire.close_code() == 1012
        return time.monotonic()

    async with several(20, lambda: Wire.socket(server)) as wires:
        begin = time.monotonic()
        terminate(server)
        moments = sorted(await asyncio.gather(*(closed(wire) for wire in wires)))
    for number, moment in enumerate(moments):
        # How late we hear of it makes it later still.
        assert moment - begin > 0.1 * number
    await ended(server)


async def test_the_first_is_closed_at_once_and_the_others_live_on_until_their_turn(start: Start):
    server = start(**patient(SPREAD_EACH=NEVER, SPREAD=20 * NEVER))
    async with several(20, lambda: Wire.socket(server)) as wires:
        hearing = [asyncio.ensure_future(wire.recv()) for wire in wires]
        terminate(server)
        (first,), _ = await asyncio.wait(hearing, return_when=asyncio.FIRST_COMPLETED)
        for wire in wires:
            wire.write(frame(PING, b"alive?"))
        heard = await asyncio.gather(*hearing)
    assert first.result() == (CLOSE, (1012).to_bytes(2))
    assert heard.count((PONG, b"alive?")) == 19
    await ended(server)


async def test_a_request_that_runs_is_answered_and_its_connection_closed(start: Start):
    server = start(**patient())
    async with await Wire.open(server) as wire:
        asking = asyncio.ensure_future(wire.ask("/hold"))
        await server.has_begun()
        terminate(server)
        await refuses(server)
        server.release()
        head, body = await asking
        assert head.startswith(b"HTTP/1.1 200 ")
        assert b"connection: close" in head.lower()
        assert b"/hold" in body
        assert await wire.is_over()
    await ended(server)


async def test_a_kept_connection_is_still_answered_but_not_made_a_socket(start: Start):
    server = start(**patient(LINGER=NEVER))
    async with await Wire.open(server) as kept, await Wire.open(server) as upgrading:
        for wire in (kept, upgrading):
            head, _ = await wire.ask("/")
            assert b"connection: close" not in head.lower()
        terminate(server)
        await refuses(server)
        head, _ = await kept.ask("/")
        assert head.startswith(b"HTTP/1.1 200 ")
        assert b"connection: close" in head.lower()
        assert (await upgrading.upgrade()).startswith(b"HTTP/1.1 503 ")
    await ended(server)


async def test_who_has_connected_already_is_answered(start: Start):
    """A proxy may have sent a form on a connection that the process has not taken yet."""
    server = start(**patient(LINGER=NEVER))
    os.kill(server.pid, signal.SIGSTOP)
    async with several(400, lambda: Wire.open(server)) as wires:
        for wire in wires:
            wire.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        terminate(server)
        os.kill(server.pid, signal.SIGCONT)
        for wire in wires:
            head, _ = await wire.answer()
            assert head.startswith(b"HTTP/1.1 200 ")
    await ended(server)


async def test_a_handshake_that_waits_is_refused(start: Start):
    server = start(**patient())
    async with await Wire.open(server) as wire:
        asking = asyncio.ensure_future(wire.upgrade("/?hold"))
        await server.has_begun()
        terminate(server)
        assert (await asking).startswith(b"HTTP/1.1 503 ")
    server.release()
    await ended(server)


async def test_it_ends_in_time_whatever_hangs(start: Start):
    """A thread that waits for a database, say; nobody can stop one, and Python waits for it."""
    assert END_WITHIN < 20
    server = start(drain={"SETTLE_WITHIN": 1, "DRAIN_WITHIN": 3}, server={"END_WITHIN": 15})
    async with await Wire.socket(server) as hanging, await Wire.socket(server) as other:
        hanging.send("hang")
        await hanging.is_read()
        begin = time.monotonic()
        terminate(server)
        assert await other.close_code() == 1012
        assert await hanging.close_code() == 1012
        await ended(server)
        assert time.monotonic() - begin > 14
    log = server.log.read_text()
    assert "goodbye" in log
    # It says where, and nothing of what anybody wrote.
    assert "Timeout (0:00:15)!" in log
    assert "threading.py" in log


async def test_a_second_sigterm_does_no_harm(start: Start):
    server = start(**patient())
    async with await Wire.socket(server) as wire:
        wire.send("hold")
        await wire.is_read()
        for _ in range(3):
            terminate(server)
            await refuses(server)
        server.release()
        assert await wire.hear() == "released"
        assert await wire.close_code() == 1012
    await ended(server)
    assert server.log.read_text() == "draining\ngoodbye\n"


async def test_after_ctrl_c_nobody_waits_long_and_a_second_one_ends_it(start: Start):
    # After SIGTERM neither would end.
    server = start(**patient())
    async with await Wire.socket(server) as wire:
        wire.send("hold")
        await wire.is_read()
        terminate(server, signal.SIGINT)
        assert await wire.close_code() == 1012
        await ended(server)
    again = start(**patient())
    async with await Wire.socket(again) as wire:
        wire.send("hang")
        await wire.is_read()
        terminate(again, signal.SIGINT)
        await refuses(again)
        terminate(again, signal.SIGINT)
        await ended(again)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a=b:c.sock"


async def test_a_unix_socket_is_hidden_and_who_has_connected_is_answered(
    path: Path, tmp_path: Path
):
    server = TinyServer(tmp_path, unix_socket=path, **patient(LINGER=NEVER))
    server.start()
    try:
        async with await Wire.open(server) as wire, await Wire.socket(server) as socket:
            terminate(server)
            await refuses(server)
            assert not await asyncio.to_thread(path.exists)
            head, _ = await wire.ask("/")
            assert head.startswith(b"HTTP/1.1 200 ")
            assert await socket.close_code() == 1012
        await ended(server)
    finally:
        server.kill()
