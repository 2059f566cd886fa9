"""Whoever does not read what is sent costs a bounded amount, and for a bounded time."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from discuss.server.websocket import (
    CLOSE_WITHIN,
    PING_INTERVAL,
    PONG_WITHIN,
    UNSENT_LIMIT,
)
from tests.serving.conftest import Start
from tests.serving.tiny import TinyServer
from tests.serving.wire import PATIENCE, PING, PONG, Wire, frame, goes_round, several

# The kernel's own buffers take some of what nobody reads.
MUCH = 100 * 2**20
CUT_OFF = {"websocket": {"AUTOBAHN_OPTIONS": {"closeHandshakeTimeout": CLOSE_WITHIN}}}


def quick_pings(timeout: int) -> dict[str, Any]:
    """Return limits with a ping every second, and this for its pong; Autobahn may be a second early."""
    options = {"autoPingInterval": 1, "autoPingTimeout": timeout}
    return {"websocket": {"AUTOBAHN_OPTIONS": options}}


# A pong that is sent at once comes sooner than that on a busy machine too.
PINGS = quick_pings(15)


def memory(server: TinyServer) -> int:
    """Return how many bytes of memory the process has."""
    status = Path(f"/proc/{server.pid}/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024


@pytest.mark.parametrize(
    "order", [f"write {MUCH // 2**16}", f"mix {MUCH // 2**16} {2**16}"], ids=["send", "prepared"]
)
async def test_what_nobody_reads_is_bounded_and_its_socket_closed_with_1013(
    start: Start, order: str
):
    server = start()
    async with await Wire.socket(server) as slow, await Wire.socket(server) as other:
        before = memory(server)
        slow.stop_reading()
        slow.send(order)
        await goes_round(other)
        await other.order("wait 0.1")
        assert memory(server) - before < MUCH / 4
        slow.read_again()
        # It was told, behind what it had not read.
        assert await slow.close_code() == 1013
        other.send("tell")
        await other.hear()


async def test_one_that_does_not_even_read_the_close_frame_is_cut_off(start: Start):
    server = start(**CUT_OFF)
    before = memory(server)
    async with several(20, lambda: Wire.socket(server, "/")) as slow:
        for wire in slow:
            wire.stop_reading()
            wire.send(f"write {MUCH // 2**16}")
        async with await Wire.socket(server) as other:
            await other.order_until("count", lambda count: int(count) == 1)
        assert memory(server) - before < 20 * 2 * UNSENT_LIMIT
        for wire in slow:
            wire.read_again()
            assert await wire.is_over()
    assert server.log.read_text() == ""


async def test_pongs_that_nobody_reads_are_bounded_too(start: Start):
    server = start(**CUT_OFF)
    async with await Wire.socket(server) as slow:
        slow.stop_reading()
        pings = frame(PING, b"x" * 125) * 500
        before = memory(server)
        await slow.flood(pings, MUCH // len(pings))
        assert memory(server) - before < 20 * 2**20


async def test_a_reader_that_chatters_without_ever_answering_a_ping_is_dropped(start: Start):
    assert PING_INTERVAL + PONG_WITHIN < 45
    server = start(**quick_pings(4))
    async with await Wire.socket(server) as wire:
        over = asyncio.ensure_future(wire.is_over())
        while not over.done():
            wire.send("tell")
            wire.write(frame(PONG, b"not what was asked"))
            await asyncio.sleep(0.1)
        assert over.result()


async def test_a_silent_one_is_dropped_and_one_that_answers_is_kept(start: Start):
    server = start(**PINGS)
    async with await Wire.socket(server) as silent, await Wire.socket(server) as good:
        over = asyncio.ensure_future(silent.is_over())
        pings = 0
        async with asyncio.timeout(PATIENCE):
            while not over.done() or pings < 10:
                opcode, payload = await good.recv()
                assert opcode == PING
                pings += 1
                good.write(frame(PONG, payload))
        assert over.result()
        good.send("tell")
        await good.hear()


@pytest.mark.parametrize("seconds", [3600, -3600])
async def test_a_clock_that_is_set_drops_nobody_and_keeps_nobody(start: Start, seconds: int):
    server = start(**PINGS)
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
        assert over.result()
        await kept.ask("/")
        assert pings < 100
