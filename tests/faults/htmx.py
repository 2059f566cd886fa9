"""A socket as htmx 2's ws extension 2.0.4 keeps it (django_htmx's hx-ws-2.js), over a real connection."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any

from websockets import ConnectionClosed, State, WebSocketException
from websockets.asyncio.client import ClientConnection

# It comes back after these codes and no other (onclose).
RETURNING = frozenset({1006, 1011, 1012, 1013})
# A pause grows to 2 ** 6 seconds at most (getWebSocketReconnectDelay).
LONGEST_PAUSE = 64.0


class Socket:
    """The socket of one `ws-connect` element, for as long as that element lives, and a little longer.

    `dial` opens a connection. Then `on_open` is called, what was queued meanwhile is sent, and `on_frame`
    hears each frame; `on_close` hears the code of each loss. A handshake that is refused, and a server
    that is not there, are losses with 1006, as in a browser.
    """

    def __init__(
        self,
        dial: Callable[[], Awaitable[ClientConnection]],
        *,
        on_open: Callable[["Socket"], None],
        on_frame: Callable[[str], None],
        on_close: Callable[[int], None],
    ) -> None:
        self._dial = dial
        self._on_open, self._on_frame, self._on_close = on_open, on_frame, on_close
        # What was sent while it was not open; and what of that went out when it opened last.
        self.queue: list[str] = []
        self.flushed: list[str] = []
        self._retries = 0
        self._is_removed = False
        self._connection: ClientConnection | None = None
        self._sending: set[asyncio.Task[None]] = set()
        self._task = asyncio.create_task(self._live())

    @property
    def is_open(self) -> bool:
        return self._connection is not None and self._connection.state is State.OPEN

    def send(self, frame: str) -> None:
        if self.is_open:
            self._begin(self._send(frame))
        else:
            self.queue.append(frame)

    def remove(self) -> None:
        """Its element is replaced.

        One that waits to come back does so once more; it says no more than what was queued.
        """
        self._is_removed = True
        if self._connection is not None:
            self._begin(self._connection.close())

    async def end(self) -> None:
        """The browser is closed."""
        for task in (self._task, *self._sending):
            task.cancel()
        await asyncio.gather(self._task, *self._sending, return_exceptions=True)
        if self._connection is not None:
            self._connection.transport.abort()

    async def _live(self) -> None:
        while True:
            code = await self._connect_once()
            if not self._is_removed:
                self._on_close(code)
            if self._is_removed or code not in RETURNING:
                return
            await asyncio.sleep(random.random() * 2 ** min(self._retries, 6))
            self._retries += 1

    async def _connect_once(self) -> int:
        """Be open once, and return the code with which that ended."""
        try:
            self._connection = connection = await self._dial()
        except (OSError, EOFError, TimeoutError, WebSocketException):
            return 1006
        self._retries = 0
        if not self._is_removed:
            self._on_open(self)
        self.flushed, self.queue = self.queue, []
        for queued in self.flushed:
            self.send(queued)
        with suppress(ConnectionClosed):
            while True:
                frame = await connection.recv()
                if self._is_removed:
                    await connection.close()
                elif isinstance(frame, str):
                    self._on_frame(frame)
        self._connection = None
        return connection.close_code or 1006

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _send(self, frame: str) -> None:
        # Lost with its connection, as in a browser.
        with suppress(ConnectionClosed):
            assert self._connection is not None
            await self._connection.send(frame)
