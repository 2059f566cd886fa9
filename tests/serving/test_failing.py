"""A consumer that fails closes its own socket with 1011, is logged with who and where, and is let go of."""

import asyncio
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection

from tests.server import Server
from tests.serving.people import PATIENCE, close_code, gathered


class FailingServer(Server):
    """A process whose consumers fail when they are told to."""

    application = "tests.serving.failing:application"

    def command(self) -> list[str]:
        return [sys.executable, "-m", "tests.serving.failing"]


@pytest.fixture
def server(tmp_path: Path, migrated: Path) -> Iterator[FailingServer]:
    server = FailingServer(tmp_path)
    server.start_with(migrated)
    yield server
    server.kill()


async def test_who_failed_is_closed_with_1011_and_gone_for_the_others(server: FailingServer):
    """Plain Daphne closes with 1000 where a consumer asks for 1011, and after that htmx does not return."""
    ann, bob = await gathered(server, "ann", "bob")
    async with ann.dial() as anns, bob.dial() as bobs:
        await ann.resume(anns)
        await ann.hear_status(anns)
        await bob.resume(bobs)
        await hears_of_here(bobs, "ann")
        await anns.send("fail")
        assert await close_code(anns) == 1011
        await hears_of_here(bobs, "ann", is_here=False)
        await bob.post(bobs, "Still here", "nonce-still")
        await bob.hear(bobs, "Still here")
    log = server.log.read_text()
    assert log.count("RuntimeError: as told") == 1
    assert f"websocket.receive of user 1 failed in /ws{ann.group}" in log


async def hears_of_here(socket: ClientConnection, name: str, *, is_here: bool = True) -> None:
    """Read until the list of who is here has this name, or has it no more."""
    async with asyncio.timeout(PATIENCE):
        while True:
            found = re.search(r'<div id="here".*?</div>', str(await socket.recv()), re.DOTALL)
            if found and (f">{name}<" in found[0]) is is_here:
                return
