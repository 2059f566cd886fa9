"""Frames and messages that are too large are refused while they come; so is a flood of small ones."""

import asyncio

import pytest

from discuss.server.protocol import FRAME_LIMIT
from tests.serving.conftest import Start
from tests.serving.test_slow_readers import memory
from tests.serving.tiny import NEVER
from tests.serving.wire import CLOSE, PING, PONG, TEXT, Wire, frame, frozen

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


async def test_a_large_frame_costs_no_memory(start: Start):
    server = start()
    async with await Wire.socket(server) as wire:
        before = memory(server)
        wire.write(frame(TEXT, b"x", says=2**40))
        await wire.flood(b"x" * 2**18, 200)
        # A fifth of what was sent.
        assert memory(server) - before < 10 * 2**20


# What costs as much to read as any frame, and reaches no application.
SMALL = {
    "pings": frame(PING, b""),
    "pings with words": frame(PING, b"x" * 125),
    "pongs": frame(PONG, b""),
    "empty parts": frame(CONTINUED, b"", is_last=False),
    "parts of a byte": frame(CONTINUED, b"x", is_last=False),
}


@pytest.mark.parametrize("small", SMALL)
async def test_a_flood_of_small_frames_is_sent_away_with_1008(start: Start, small: str):
    server = start()
    async with await Wire.socket(server) as wire, await Wire.socket(server) as other:
        if small.endswith(("parts", "byte")):
            wire.write(frame(TEXT, b"x", is_last=False))
        await wire.flood(SMALL[small] * 10_000, 1)
        assert await wire.close_code() == 1008
        other.send("tell")
        await other.hear()
        # The application hears of it, and can charge the address.
        await server.has_said("cut")


async def test_of_a_flood_that_came_at_once_no_frame_is_dealt_with(start: Start):
    server = start()
    async with await Wire.socket(server) as wire:
        wire.send("tell")
        await wire.hear()
        with frozen(server):
            wire.write(frame(TEXT, b"tell") * 1_000)
        assert (await wire.recv())[0] == CLOSE


async def test_what_comes_at_once_is_read_little_by_little_in_order(start: Start):
    server = start(turns={"FRAMES_A_TURN": 10}, incoming={"FRAMES_AT_ONCE": 1_000})
    async with await Wire.socket(server) as wire:
        wire.write(frame(TEXT, b"no") * 50 + frame(TEXT, b"tell"))
        answers = [await wire.hear() for _ in range(51)]
        assert answers[:50] == ["?"] * 50
        assert "root_path" in answers[50]
        wire.write(b"".join(frame(PING, b"%d" % number) for number in range(100)))
        # Of those that are read in one turn the latest alone is answered (RFC 6455 section 5.5.3).
        for number in range(9, 100, 10):
            assert await wire.recv() == (PONG, b"%d" % number)
        wire.write(frame(PING, b"again"))
        assert await wire.recv() == (PONG, b"again")


async def test_who_speaks_at_a_persons_pace_is_never_sent_away(start: Start):
    server = start(incoming={"FRAMES_AT_ONCE": 5, "FRAMES_A_SECOND": 10**9})
    async with await Wire.socket(server) as wire:
        for _ in range(100):
            wire.send("tell")
            await wire.hear()


async def test_who_speaks_before_the_handshake_is_done_is_not_listened_to_for_long(start: Start):
    server = start(websocket={"AUTOBAHN_OPTIONS": {"openHandshakeTimeout": NEVER}})
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
        # More than may wait, and fewer than may come at once.
        for _ in range(110):
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
