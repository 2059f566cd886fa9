"""Prepared frames: written as they are, in one order with all others, and bounded for a slow reader."""

import asyncio

from tests.serving.conftest import Start
from tests.serving.test_slow_readers import MUCH, memory
from tests.serving.wire import Wire


async def hear_numbers(wire: Wire, count: int) -> list[str]:
    return [(await wire.hear()).partition(" ")[0] for _ in range(count)]


async def test_they_keep_their_order_with_frames_sent_the_ordinary_way(start: Start):
    server = start()
    async with await Wire.socket(server) as wire:
        wire.send("mix 100")
        assert await hear_numbers(wire, 100) == [str(number) for number in range(100)]


async def test_they_keep_it_where_the_kernel_takes_only_a_part(start: Start):
    server = start(sockets={"UNSENT_LIMIT": MUCH})
    async with await Wire.socket(server) as slow, await Wire.socket(server) as other:
        slow.stop_reading()
        slow.send("mix 1000 20000")
        other.send("wait 0.5")
        await other.hear()
        slow.read_again()
        assert await hear_numbers(slow, 1000) == [str(number) for number in range(1000)]
        slow.send("unsent")
        assert await slow.hear() == "0"


async def test_how_much_is_unsent_is_known(start: Start):
    server = start(sockets={"UNSENT_LIMIT": MUCH})
    async with await Wire.socket(server) as slow:
        slow.stop_reading()
        slow.send("mix 1000 20000")
        slow.send("unsent")
        await asyncio.sleep(0.5)
        slow.read_again()
        await hear_numbers(slow, 1000)
        # The kernel has the rest.
        assert 2**20 < int(await slow.hear()) < 20_000 * 1000


async def test_what_nobody_reads_is_bounded_and_its_socket_closed_with_1013(start: Start):
    server = start()
    async with await Wire.socket(server) as slow:
        before = memory(server)
        slow.stop_reading()
        slow.send(f"mix {MUCH // 2**16} {2**16}")
        async with await Wire.socket(server) as other:
            other.send("wait 0.5")
            await other.hear()
        assert memory(server) - before < MUCH / 4
        slow.read_again()
        assert await slow.close_code() == 1013


async def test_after_the_close_frame_none_goes_out(start: Start):
    server = start()
    async with await Wire.socket(server) as wire:
        wire.send("late")
        assert await wire.recv() == (0x8, b"\x03\xe8")
