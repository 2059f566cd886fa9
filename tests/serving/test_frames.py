"""Frames and messages that are too large are refused while they come; so is a flood of small ones."""

import asyncio

import pytest

from discuss.live.protocol import FRAME_LIMIT
from tests.serving.conftest import Start
from tests.serving.test_slow_readers import memory
from tests.serving.tiny import NEVER
from tests.serving.wire import TEXT, Wire, frame

CONTINUED = 0x0


async def test_the_largest_message_is_taken_whole_or_in_parts(start: Start):
    server = start()
    async with await Wire.socket(server) as wire:
        wire.send("tell" + " " * (FRAME_LIMIT - 4))
        assert "root_path" in await wire.hear()
        wire.write(frame(TEXT, b"tell ", is_last=False))
        for _ in range(3):
            wire.write(frame(CONTINUED, b"", is_last=False))
        wire.write(frame(CONTINUED, b" " * (FRAME_LIMIT - 5)))
        assert "root_path" in await wire.hear()


async def test_a_larger_frame_is_refused_with_1009(start: Start):
    server = start()
    async with await Wire.socket(server) as wire, await Wire.socket(server) as other:
        wire.send("x" * (FRAME_LIMIT + 1))
        assert await wire.close_code() == 1009
        other.send("tell")
        await other.hear()


@pytest.mark.parametrize("says", [FRAME_LIMIT + 1, 2**32, 2**62])
async def test_it_is_refused_before_it_has_come(start: Start, says: int):
    server = start()
    async with await Wire.socket(server) as wire:
        wire.write(frame(TEXT, b"a", says=says))
        assert await wire.close_code() == 1009


async def test_a_message_of_many_parts_is_refused_as_soon_as_it_is_too_large(start: Start):
    server = start()
    async with await Wire.socket(server) as wire:
        wire.write(frame(TEXT, b"x" * 1000, is_last=False))
        for _ in range(FRAME_LIMIT // 1000):
            wire.write(frame(CONTINUED, b"x" * 1000, is_last=False))
        assert await wire.close_code() == 1009


@pytest.mark.timeout(600)  # Autobahn reads a million frames
async def test_neither_large_frames_nor_empty_parts_without_end_cost_memory(start: Start):
    server = start()
    async with await Wire.socket(server) as large, await Wire.socket(server) as empty:
        before = memory(server)
        large.write(frame(TEXT, b"x", says=2**40))
        await large.flood(b"x" * 2**18, 200)
        await empty.is_read()
        # A fifth of what was sent.
        assert memory(server) - before < 10 * 2**20
        before = memory(server)
        empty.write(frame(TEXT, b"x", is_last=False))
        parts = frame(CONTINUED, b"", is_last=False) * 10_000
        for _ in range(100):
            empty.write(parts)
            await empty.is_read()
        # A million of anything kept would be more.
        assert memory(server) - before < 6 * 2**20
        empty.write(frame(CONTINUED, b""))
        assert await empty.hear() == "?"


async def test_who_speaks_before_the_handshake_is_done_is_not_listened_to_for_long(start: Start):
    server = start(sockets={"AUTOBAHN_OPTIONS": {"openHandshakeTimeout": NEVER}})
    async with await Wire.open(server) as wire:
        before = memory(server)
        asking = asyncio.ensure_future(wire.upgrade("/?hold"))
        await server.has_begun()
        await wire.flood(b"x" * 2**18, 200)
        with pytest.raises(ConnectionError):
            await asking
        # A fifth of what was sent.
        assert memory(server) - before < 10 * 2**20


async def test_a_flood_of_frames_is_sent_away_with_1013(start: Start):
    server = start()
    async with await Wire.socket(server) as wire, await Wire.socket(server) as other:
        wire.send("hold")
        for _ in range(200):
            wire.send("tell")
        assert await wire.close_code() == 1013
        other.send("tell")
        await other.hear()


async def test_an_application_that_fails_is_logged_and_closes_its_socket_with_1011(start: Start):
    """As plain Daphne does, once a second. What a consumer does about it is in test_failing.py."""
    server = start()
    async with await Wire.socket(server) as wire, await Wire.socket(server) as other:
        wire.send("fail")
        assert await wire.close_code() == 1011
        other.send("tell")
        await other.hear()
    assert server.log.read_text().count("RuntimeError: as told") == 1
