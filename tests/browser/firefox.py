"""Starts Firefox in Playwright's stead, and answers for it what it does not know yet.

    python -m tests.browser.firefox PROGRAM [OPTION...]

Playwright speaks WebDriver BiDi with a Firefox as Debian has it (its channel "moz-firefox"), and asks for
more than this one knows. Whatever it calls an unknown command is answered as done; all else is passed on.
"""

import asyncio
import json
import re
import sys

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

LISTENS = re.compile(rb"WebDriver BiDi listening on (ws://\S+)")


async def main() -> int:
    firefox = await asyncio.create_subprocess_exec(*sys.argv[1:], stderr=asyncio.subprocess.PIPE)
    assert firefox.stderr is not None
    found = None
    async for line in firefox.stderr:
        if found := LISTENS.search(line):
            break
    if found is None:
        return await firefox.wait()
    target = found[1].decode()

    async def carry(client: ServerConnection) -> None:
        assert client.request is not None
        async with connect(
            target + client.request.path, max_size=None, ping_interval=None
        ) as browser:

            async def up() -> None:
                async for message in client:
                    await browser.send(message)

            async def down() -> None:
                async for message in browser:
                    await client.send(_as_done(str(message)))

            ways = [asyncio.create_task(up()), asyncio.create_task(down())]
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in ways:
                way.cancel()

    async with serve(carry, "127.0.0.1", 0, max_size=None, ping_interval=None) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        print(f"WebDriver BiDi listening on ws://127.0.0.1:{port}", file=sys.stderr, flush=True)
        async for _ in firefox.stderr:
            pass
    return await firefox.wait()


def _as_done(message: str) -> str:
    if '"unknown command"' not in message:
        return message
    return json.dumps({"type": "success", "id": json.loads(message)["id"], "result": {}})


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
