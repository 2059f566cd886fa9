"""The package `websockets` with its broadcast(): `python -m bench.suite.peers.broadcast PORT`."""

import asyncio
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from websockets.asyncio.server import ServerConnection, broadcast, serve

from bench.suite.peers.peer import Peer
from tests.server import TOP


class Broadcast(Peer):
    title = "Python websockets"

    def command_line(self) -> list[str | Path]:
        return [sys.executable, "-m", "bench.suite.peers.broadcast", str(self.port)]

    def options(self) -> dict[str, Any]:
        return {"cwd": TOP}


async def relay(port: int) -> None:
    rooms: defaultdict[str, set[ServerConnection]] = defaultdict(set)

    async def handle(page: ServerConnection) -> None:
        room = rooms[page.request.path if page.request else ""]
        room.add(page)
        try:
            async for text in page:
                broadcast(room, text)
        finally:
            room.discard(page)

    async with serve(handle, "127.0.0.1", port, compression=None, backlog=4096) as server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(relay(int(sys.argv[1])))
