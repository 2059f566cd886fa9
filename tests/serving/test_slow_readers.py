"""Whoever does not read what is sent costs a bounded amount, and for a bounded time."""

import asyncio
import time
from pathlib import Path

import pytest

from discuss.live.server.sockets import PING_INTERVAL, PONG_WITHIN, UNSENT_LIMIT
from tests.serving.conftest import Start
from tests.serving.tiny import TinyServer
from tests.serving.wire import PATIENCE, PING, PONG, Wire, frame, several

# The kernel's own buffers take some of what nobody reads.
MUCH = 100 * 2**20
# Autobahn's timers go off up to a second early.
QUICK_PINGS = {"sockets": {"AUTOBAHN_OPTIONS": {"autoPingInterval": 1, "autoPingTimeout": 4}}}


def memory(server: TinyServer) -> int:
    """Return how many bytes of memory the process has."""
    status = Path(f"/proc/{server.pid}/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024


async def test_what_nobody_reads_is_bounded_and_its_socket_closed_with_1013(start: Start):
    server = start()
    async with await Wire.socket(server) as slow, await Wire.socket(server) as other:
        before = memory(server)
        slow.send(f"write {MUCH // 2**16}")
        other.send("tell")
        await other.hear()
        other.send("wait 0.1")
        await other.hear()
        assert memory(server) - before < MUCH / 4
        # It was told, behind what it had not read.
        assert await slow.close_code() == 1013
        other.send("tell")
        await other.hear()


async def test_one_that_does_not_even_read_the_close_frame_is_cut_off(start: Start):
    server = start()
    before = memory(server)
    async with several(20, lambda: Wire.socket(server, "/")) as slow:
        for wire in slow:
            wire.stop_reading()
            wire.send(f"write {MUCH // 2**16}")
        async with await Wire.socket(server) as other:
            await asyncio.sleep(4)
            other.send("tell")
            await other.hear()
        assert memory(server) - before < 20 * 2 * UNSENT_LIMIT
        for wire in slow:
            wire.read_again()
            assert await wire.is_over()
    assert server.log.read_text() == ""


async def test_pongs_that_nobody_reads_are_bounded_too(start: Start):
    server = start()
    async with await Wire.socket(server) as slow:
        slow.stop_reading()
        pings = frame(PING, b"x" * 125) * 500
        before = memory(server)
        await slow.flood(pings, MUCH // len(pings))
        assert memory(server) - before < 20 * 2**20


async def test_a_reader_that_chatters_without_ever_answering_a_ping_is_dropped(start: Start):
    assert PING_INTERVAL + PONG_WITHIN < 45
    server = start(**QUICK_PINGS)
    async with await Wire.socket(server) as wire:
        over = asyncio.ensure_future(wire.is_over(2 * PATIENCE))
        begin = time.monotonic()
        while not over.done() and time.monotonic() < begin + PATIENCE:
            wire.send("tell")
            wire.write(frame(PONG, b"not what was asked"))
            await asyncio.sleep(0.1)
        assert over.done()
        assert over.result()


async def test_a_silent_one_is_dropped_and_one_that_answers_is_kept(start: Start):
    server = start(**QUICK_PINGS)
    async with await Wire.socket(server) as silent, await Wire.socket(server) as good:
        over = asyncio.ensure_future(silent.is_over())
        pings = 0
        async with asyncio.timeout(PATIENCE):
            while not over.done() or pings < 10:
                opcode, payload = await good.recv()
                assert opcode == PING
                pings += 1
                good.write(frame(PONG, payload))
        good.send("tell")
        await good.hear()


@pytest.mark.parametrize("seconds", [3600, -3600])
async def test_a_clock_that_is_set_drops_nobody_and_keeps_nobody(start: Start, seconds: int):
    server = start(**QUICK_PINGS)
    async with (
        await Wire.socket(server) as silent,
        await Wire.socket(server) as good,
        await Wire.open(server) as kept,
    ):
        await kept.ask("/")
        good.send(f"jump {seconds}")
        assert await good.hear() == "?"
        over = asyncio.ensure_future(silent.is_over())
        pings = 0
        async with asyncio.timeout(PATIENCE):
            while not over.done() or pings < 10:
                opcode, payload = await good.recv()
                assert opcode == PING
                pings += 1
                good.write(frame(PONG, payload))
        await kept.ask("/")
        assert pings < 100
