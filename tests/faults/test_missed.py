"""A page that missed much gets it, however large the frame is that brings it."""

import asyncio
from collections.abc import Callable

import pytest

from discuss.server.protocol import FRAME_LIMIT
from discuss.server.websocket import UNSENT_LIMIT
from tests.document import Document
from tests.faults.conversation import SETTLING, conversation
from tests.server import Server


# The second time it is more than may wait for a slow reader, too: refused, it would be for ever.
@pytest.mark.parametrize("count", [5, 190])
@pytest.mark.timeout(600)
async def test_a_frame_may_be_larger_than_what_pages_may_send(
    serve: Callable[..., Server], count: int
) -> None:
    async with conversation(serve()) as talk:
        talk.padding = " " + "'" * 3800
        writer = talk.clients[0]
        missing = Document(await writer.person.get(writer.group.path))
        for _ in range(count):
            await talk.say_one(writer)
        connection = await writer.person.dial(f"/ws{writer.group.path}")
        await connection.send(missing.frame("resume-form", writer.person.url))
        async with asyncio.timeout(SETTLING):
            while 'id="cursor"' not in (frame := str(await connection.recv())):
                pass
        assert len(frame) > (FRAME_LIMIT if count == 5 else UNSENT_LIMIT)
        missing.swap(frame)
        assert missing.texts == writer.posted
        await connection.close()
