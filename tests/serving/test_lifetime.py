"""A socket does not live for ever, and those who came together do not go together."""

import asyncio
import time

from discuss.server.websocket import LIFETIME
from tests.serving.conftest import Start
from tests.serving.wire import Wire, several


async def test_it_is_closed_with_1012_at_a_moment_of_its_own(start: Start):
    assert LIFETIME == (20 * 3600, 23 * 3600)
    server = start(websocket={"LIFETIME": [1, 12]})
    begin = time.monotonic()

    async def age(wire: Wire) -> float:
        assert await wire.close_code() == 1012
        return time.monotonic() - begin

    async with several(20, lambda: Wire.socket(server)) as wires:
        ages = sorted(await asyncio.gather(*(age(wire) for wire in wires)))
    assert ages[0] >= 1
    assert ages[-1] - ages[0] > 2


async def test_what_its_application_is_doing_is_finished_first(start: Start):
    server = start(websocket={"LIFETIME": [10, 10]})
    async with await Wire.socket(server) as wire, await Wire.socket(server) as younger:
        wire.send("hold")
        # Then the elder's time is up too.
        assert await younger.close_code() == 1012
        server.release()
        assert await wire.hear() == "released"
        assert await wire.close_code() == 1012
