"""A socket leaves nothing for the garbage collector, which is spared what lives long.

And a thread gives way soon.
"""

import pytest

from discuss.server.gc_tuning import FREEZE_EVERY
from discuss.server.server import SWITCH_SECONDS
from tests.serving.conftest import Start
from tests.serving.wire import Wire, several


async def ask(wire: Wire, order: str) -> int:
    return int(await wire.order(order))


async def test_what_a_closed_socket_had_is_freed_without_the_collector(start: Start):
    server = start()
    async with await Wire.socket(server) as asking:
        await ask(asking, "rubbish")
        async with several(50, lambda: Wire.socket(server)) as wires:
            for wire in wires:
                wire.send("tell")
                await wire.hear()
        # The server looks every second for applications that have ended.
        await asking.order_until("count", lambda count: int(count) == 1)
        # Before, each left 59 objects.
        assert await ask(asking, "rubbish") < 50


async def test_many_new_sockets_are_set_aside(start: Start):
    server = start()
    async with await Wire.socket(server) as asking:
        before = await ask(asking, "frozen")
        async with several(FREEZE_EVERY, lambda: Wire.socket(server)):
            enough = before + 10 * FREEZE_EVERY
            await asking.order_until("frozen", lambda count: int(count) > enough)


async def test_a_thread_keeps_the_others_waiting_for_no_longer_than_said(start: Start):
    async with await Wire.socket(start()) as asking:
        # Python keeps it in whole microseconds.
        assert float(await asking.order("switch")) == pytest.approx(SWITCH_SECONDS)
