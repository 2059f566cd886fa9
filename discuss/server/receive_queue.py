"""What waits for an application, and whether the application waits for it."""

import asyncio
from collections import deque
from typing import Any

Message = dict[str, Any]


class Inbox:
    """The messages for one application: its `get` is what ASGI calls `receive`.

    One reader, and nothing kept for a socket that is silent: an asyncio.Queue costs 3 kB each.
    """

    __slots__ = ("_messages", "_settled", "_wanted")

    def __init__(self) -> None:
        self._messages: deque[Message] | None = None
        # The reader, while it waits for a message; whoever waits for the reader to wait.
        self._wanted: asyncio.Future[None] | None = None
        self._settled: asyncio.Event | None = None

    async def get(self) -> Message:
        while not self._messages:
            self._messages = None
            self._wanted = asyncio.get_running_loop().create_future()
            if self._settled is not None:
                self._settled.set()
                self._settled = None
            try:
                await self._wanted
            finally:
                self._wanted = None
        return self._messages.popleft()

    def put_nowait(self, message: Message) -> None:
        if self._messages is None:
            self._messages = deque()
        self._messages.append(message)
        if self._wanted is not None and not self._wanted.done():
            self._wanted.set_result(None)

    def qsize(self) -> int:
        return len(self._messages or ())

    async def settle(self) -> None:
        """Return once the application has dealt with all that came, and asks for more."""
        if self._wanted is None or self._wanted.done():
            self._settled = self._settled or asyncio.Event()
            await self._settled.wait()
