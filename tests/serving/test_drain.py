"""SIGTERM: what runs is finished, sockets are closed with 1012, and the process ends whatever hangs."""

import asyncio
import os
import signal
import time
from pathlib import Path

import pytest

from discuss.live.server.drain import DRAIN_WITHIN, END_WITHIN
from tests.server import STOP_SECONDS
from tests.serving.conftest import Start
from tests.serving.tiny import TinyServer
from tests.serving.wire import CLOSE, Wire, refuses, several


def terminate(server: TinyServer, number: signal.Signals = signal.SIGTERM) -> None:
    os.kill(server.pid, number)


async def ended(server: TinyServer, within: float = STOP_SECONDS) -> float:
    """Wait until the process has ended, and return how long that took, in seconds."""
    begin = time.monotonic()
    while server.is_running:
        assert time.monotonic() < begin + within, server.log.read_text()
        await asyncio.sleep(0.02)
    return time.monotonic() - begin


async def test_a_server_that_nobody_uses_ends_at_once(start: Start):
    server = start()
    terminate(server)
    # Long before it would give up waiting for anybody.
    assert await ended(server) < 10 < DRAIN_WITHIN
    assert server.log.read_text() == "draining\ngoodbye\n"


async def test_a_handler_that_runs_answers_and_then_the_socket_is_closed_with_1012(start: Start):
    server = start()
    async with await Wire.socket(server) as wire:
        wire.send("wait 1.5")
        wire.send("tell")
        await wire.is_read()
        terminate(server)
        assert await wire.hear() == "waited"
        assert "root_path" in await wire.hear()
        assert await wire.close_code() == 1012
    await ended(server)
    assert server.log.read_text() == "draining\ngoodbye\n"


async def test_what_comes_after_is_not_begun(start: Start):
    server = start()
    async with await Wire.socket(server) as wire:
        wire.send("wait 3")
        await wire.is_read()
        terminate(server)
        await refuses(server)
        await asyncio.sleep(0.3)
        wire.send("tell")
        assert await wire.hear() == "waited"
        assert await wire.recv() == (CLOSE, (1012).to_bytes(2))
    await ended(server)


async def test_sockets_are_closed_one_after_the_other(start: Start):
    server = start(drain={"SPREAD_EACH": 0.2})

    async def closed(wire: Wire) -> float:
        assert await wire.close_code() == 1012
        return time.monotonic()

    async with several(20, lambda: Wire.socket(server)) as wires:
        terminate(server)
        moments = sorted(await asyncio.gather(*(closed(wire) for wire in wires)))
    # 3.8 seconds, but for how late we heard of the first.
    assert moments[-1] - moments[0] > 1.5
    # Not all of them at the end, either.
    assert moments[10] - moments[0] > 0.5
    await ended(server)


async def test_a_request_that_runs_is_answered_and_its_connection_closed(start: Start):
    server = start()
    async with await Wire.open(server) as wire:
        asking = asyncio.ensure_future(wire.ask("/wait/1.5"))
        await asyncio.sleep(0.5)
        terminate(server)
        head, body = await asking
        assert head.startswith(b"HTTP/1.1 200 ")
        assert b"connection: close" in head.lower()
        assert b"/wait/1.5" in body
        assert await wire.is_over()
    await ended(server)


async def test_a_kept_connection_is_still_answered_but_not_made_a_socket(start: Start):
    server = start(drain={"LINGER": 10})
    async with (
        await Wire.open(server) as kept,
        await Wire.open(server) as upgrading,
        await Wire.socket(server) as busy,
    ):
        for wire in (kept, upgrading):
            head, _ = await wire.ask("/")
            assert b"connection: close" not in head.lower()
        busy.send("wait 2")
        await busy.is_read()
        terminate(server)
        await refuses(server)
        head, _ = await kept.ask("/")
        assert head.startswith(b"HTTP/1.1 200 ")
        assert b"connection: close" in head.lower()
        assert (await upgrading.upgrade()).startswith(b"HTTP/1.1 503 ")
    await ended(server)


async def test_who_has_connected_already_is_answered(start: Start):
    """A proxy may have sent a form on a connection that the process has not taken yet."""
    server = start(drain={"LINGER": 10})
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
    server = start()
    async with await Wire.open(server) as wire:
        asking = asyncio.ensure_future(wire.upgrade("/?5"))
        await asyncio.sleep(0.5)
        terminate(server)
        assert (await asking).startswith(b"HTTP/1.1 503 ")
    await ended(server)


async def test_it_ends_in_time_whatever_hangs(start: Start):
    """A thread that waits for a database, say; nobody can stop one, and Python waits for it."""
    assert END_WITHIN < STOP_SECONDS
    server = start(drain={"SETTLE_WITHIN": 1, "DRAIN_WITHIN": 3}, server={"END_WITHIN": 9})
    async with await Wire.socket(server) as hanging, await Wire.socket(server) as other:
        hanging.send("hang")
        await hanging.is_read()
        begin = time.monotonic()
        terminate(server)
        assert await other.close_code() == 1012
        assert await hanging.close_code() == 1012
        await ended(server)
        assert time.monotonic() - begin > 8
    log = server.log.read_text()
    assert "goodbye" in log
    # It says where, and nothing of what anybody wrote.
    assert "Timeout (0:00:09)!" in log
    assert "threading.py" in log


async def test_a_second_sigterm_does_no_harm(start: Start):
    server = start()
    async with await Wire.socket(server) as wire:
        wire.send("wait 1.5")
        await wire.is_read()
        for _ in range(3):
            terminate(server)
            await asyncio.sleep(0.1)
        assert await wire.hear() == "waited"
        assert await wire.close_code() == 1012
    await ended(server)
    assert server.log.read_text() == "draining\ngoodbye\n"


async def test_after_ctrl_c_nobody_waits_long_and_a_second_one_ends_it(start: Start):
    # After SIGTERM both would take more than a minute.
    patient = {"drain": {"SETTLE_WITHIN": 70, "DRAIN_WITHIN": 80}, "server": {"END_WITHIN": 90}}
    server = start(**patient)
    async with await Wire.socket(server) as wire:
        wire.send("wait 100")
        await wire.is_read()
        terminate(server, signal.SIGINT)
        assert await wire.close_code() == 1012
        await ended(server, within=30)
    again = start(**patient)
    async with await Wire.socket(again) as wire:
        wire.send("hang")
        await wire.is_read()
        terminate(again, signal.SIGINT)
        await refuses(again)
        terminate(again, signal.SIGINT)
        await ended(again, within=30)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a=b:c.sock"


async def test_a_unix_socket_is_hidden_and_who_has_connected_is_answered(
    path: Path, tmp_path: Path
):
    server = TinyServer(tmp_path, unix_socket=path, drain={"LINGER": 10})
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
