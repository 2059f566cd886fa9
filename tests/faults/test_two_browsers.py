"""Two real browsers, among the people whose server is killed."""

import asyncio
from collections.abc import Callable

from tests.faults.browsers import two_browsers
from tests.faults.conversation import conversation
from tests.server import Server


async def test_two_browsers_keep_what_they_wrote_while_the_server_is_killed(
    serve: Callable[..., Server],
) -> None:
    server = serve()
    async with conversation(server) as talk, two_browsers(talk) as tabs:
        talk.begin()
        for number in range(2):
            for tab in tabs:
                await tab.say(f"{number} before")
            await asyncio.to_thread(server.kill)
            saying = [asyncio.create_task(tab.say(f"{number} meanwhile")) for tab in tabs]
            await asyncio.to_thread(server.start)
            await asyncio.gather(*saying)
        ledger = await talk.settle()
        assert ledger.problems() == []
        for tab in tabs:
            await tab.ends_well()
            mine = [row.text for row in ledger.rows or () if row.text in tab.posted]
            assert mine == tab.posted
