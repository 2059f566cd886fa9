"""A client that speaks HTTP and WebSocket byte by byte, and so can do what no library would."""

import asyncio
import contextlib
import os
import signal
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Self

from tests.server import Server

KEY = b"dGhlIHNhbXBsZSBub25jZQ=="
TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA
# Seconds that anything may take on a slow machine.
PATIENCE = 60.0


class Wire:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def open(cls, server: Server, *, limit: int = 2**16) -> Self:
        return cls(*await asyncio.open_connection(sock=server.connect(), limit=limit))

    @classmethod
    async def socket(cls, server: Server, path: str = "/", headers: bytes = b"") -> Self:
        wire = await cls.open(server)
        head = await wire.upgrade(path, headers)
        assert head.startswith(b"HTTP/1.1 101 "), head
        return wire

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *args: object) -> None:
        self.writer.transport.abort()
        with contextlib.suppress(OSError):
            await self.writer.wait_closed()

    def write(self, data: bytes) -> None:
        self.writer.write(data)

    async def flood(self, data: bytes, times: int) -> None:
        """Send this again and again, up to so many times, until the server has had enough."""
        with contextlib.suppress(ConnectionError):
            for _ in range(times):
                self.write(data)
                async with asyncio.timeout(PATIENCE):
                    await self.writer.drain()

    def stop_reading(self) -> None:
        self.writer.transport.pause_reading()  # type: ignore[attr-defined]

    def read_again(self) -> None:
        self.writer.transport.resume_reading()  # type: ignore[attr-defined]

    async def upgrade(self, path: str = "/", headers: bytes = b"") -> bytes:
        """Ask for a WebSocket and return the head of the answer."""
        self.write(
            b"GET %b HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: %b\r\nSec-WebSocket-Version: 13\r\n%b\r\n"
            % (path.encode(), KEY, headers)
        )
        return await self.head()

    async def ask(self, path: str, headers: bytes = b"") -> tuple[bytes, bytes]:
        """Ask for a page on a connection that is kept, and return its head and its body."""
        self.write(b"GET %b HTTP/1.1\r\nHost: 127.0.0.1\r\n%b\r\n" % (path.encode(), headers))
        return await self.answer()

    async def answer(self) -> tuple[bytes, bytes]:
        head = await self.head()
        for line in head.split(b"\r\n"):
            name, _, value = line.lower().partition(b": ")
            if name == b"content-length":
                return head, await self.exactly(int(value))
        body = b""
        async with asyncio.timeout(PATIENCE):
            while size := int(await self.reader.readline(), 16):
                body += (await self.exactly(size + 2))[:-2]
            await self.reader.readline()
        return head, body

    async def head(self) -> bytes:
        """Read until an empty line; less, where the connection ends before."""
        async with asyncio.timeout(PATIENCE):
            try:
                return await self.reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError as end:
                return end.partial

    async def exactly(self, size: int) -> bytes:
        async with asyncio.timeout(PATIENCE):
            return await self.reader.readexactly(size)

    async def is_over(self, within: float = PATIENCE) -> bool:
        """Read on until the server closes the connection."""
        try:
            async with asyncio.timeout(within):
                while await self.reader.read(2**20):
                    pass
        except ConnectionError:
            return True
        except TimeoutError:
            return False
        return True

    # --- WebSocket ----------------------------------------------------------------------------------

    def send(self, text: str) -> None:
        self.write(frame(TEXT, text.encode()))

    async def order(self, text: str) -> str:
        """Send this and return the next message."""
        self.send(text)
        return await self.hear()

    async def order_until(self, text: str, is_so: Callable[[str], bool]) -> None:
        """Send this again and again, until that is so of what is heard."""
        async with asyncio.timeout(PATIENCE):
            while not is_so(await self.order(text)):  # noqa: ASYNC110 - no event tells it
                await asyncio.sleep(0.05)

    async def is_read(self) -> None:
        """Wait until the server has read what was sent so far, and its application has it to deal with."""
        self.write(frame(PING, b"read?"))
        while (heard := await self.recv())[0] == PING:
            self.write(frame(PONG, heard[1]))
        assert heard == (PONG, b"read?")

    async def recv(self) -> tuple[int, bytes]:
        """Read one frame: its opcode and its payload."""
        first, size = await self.exactly(2)
        if size == 126:
            (size,) = struct.unpack("!H", await self.exactly(2))
        elif size == 127:
            (size,) = struct.unpack("!Q", await self.exactly(8))
        return first & 0x0F, await self.exactly(size)

    async def hear(self) -> str:
        """Read the next message; pings between are answered."""
        while True:
            opcode, payload = await self.recv()
            if opcode == TEXT:
                return payload.decode()
            assert opcode == PING, (opcode, payload)
            self.write(frame(PONG, payload))

    async def close_code(self) -> int:
        """Read on until the server says why it closes, answer, and return its code; 1006 if it does not."""
        try:
            while True:
                opcode, payload = await self.recv()
                if opcode == CLOSE:
                    self.write(frame(CLOSE, payload[:2]))
                    return int.from_bytes(payload[:2])
        except (asyncio.IncompleteReadError, ConnectionError):
            return 1006


@contextlib.asynccontextmanager
async def several(count: int, opening: Callable[[], Awaitable[Wire]]) -> AsyncIterator[list[Wire]]:
    """Open so many connections."""
    async with contextlib.AsyncExitStack() as stack:
        yield [await stack.enter_async_context(await opening()) for _ in range(count)]


async def goes_round(other: Wire) -> None:
    """Wait until applications have begun with the orders that were sent before, over whatever socket.

    The server's loop goes round between two answers. What an application does without waiting is then done.
    """
    for _ in range(2):
        await other.order("tell")


@contextlib.contextmanager
def frozen(server: Server) -> Iterator[None]:
    """Stop the process meanwhile. When it goes on, a new connection's first bytes are there already."""
    os.kill(server.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(server.pid, signal.SIGCONT)


async def refuses(server: Server) -> None:
    """Wait until nobody listens."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                server.connect().close()
            except OSError:
                return
            await asyncio.sleep(0.02)


def frame(
    opcode: int, payload: bytes = b"", *, is_last: bool = True, says: int | None = None
) -> bytes:
    """Make a frame, masked with zeros; `says` is the length that it claims, where that is another."""
    size = len(payload) if says is None else says
    first = opcode | (0x80 if is_last else 0)
    if size < 126:
        head = struct.pack("!BB", first, 0x80 | size)
    elif size < 2**16:
        head = struct.pack("!BBH", first, 0x80 | 126, size)
    else:
        head = struct.pack("!BBQ", first, 0x80 | 127, size)
    return head + bytes(4) + payload
