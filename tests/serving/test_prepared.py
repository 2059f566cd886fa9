"""Prepared frames: written as they are, and in one order with all others; see test_slow_readers.py too."""

from pathlib import Path

from tests.serving.conftest import Start
from tests.serving.wire import Wire, goes_round

COUNT = 1000


def more_than_the_kernel_takes() -> int:
    """Return bytes that do not go into the largest buffers of a connection, its two ends' together."""
    names = ("tcp_wmem", "tcp_rmem")
    buffers = [Path("/proc/sys/net/ipv4", name).read_text().split() for name in names]
    return sum(int(largest) for *_, largest in buffers) + 2**22


async def hear_numbers(wire: Wire, count: int) -> list[str]:
    return [(await wire.hear()).partition(" ")[0] for _ in range(count)]


async def test_they_keep_their_order_with_frames_sent_the_ordinary_way(start: Start):
    server = start()
    async with await Wire.socket(server) as wire:
        wire.send("mix 100")
        assert await hear_numbers(wire, 100) == [str(number) for number in range(100)]


async def test_they_keep_it_where_the_kernel_takes_only_a_part(start: Start):
    much = more_than_the_kernel_takes()
    server = start(websocket={"UNSENT_LIMIT": 2 * much})
    async with await Wire.socket(server) as slow, await Wire.socket(server) as other:
        slow.stop_reading()
        slow.send(f"mix {COUNT} {much // COUNT}")
        await goes_round(other)
        slow.read_again()
        assert await hear_numbers(slow, COUNT) == [str(number) for number in range(COUNT)]
        slow.send("unsent")
        assert await slow.hear() == "0"


async def test_how_much_is_unsent_is_known(start: Start):
    much = more_than_the_kernel_takes()
    server = start(websocket={"UNSENT_LIMIT": 2 * much})
    async with await Wire.socket(server) as slow, await Wire.socket(server) as other:
        slow.stop_reading()
        slow.send(f"mix {COUNT} {much // COUNT}")
        slow.send("unsent")
        await goes_round(other)
        slow.read_again()
        await hear_numbers(slow, COUNT)
        # The kernel has the rest.
        assert 2**20 < int(await slow.hear()) < much


async def test_after_the_close_frame_none_goes_out(start: Start):
    server = start()
    async with await Wire.socket(server) as wire:
        wire.send("late")
        assert await wire.recv() == (0x8, b"\x03\xe8")
