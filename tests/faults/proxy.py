"""A network between one person and the server, with faults by command."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

CHUNK = 64 * 1024


def reset(writer: asyncio.StreamWriter) -> None:
    """End a connection by a reset: nothing that waits is sent any more."""
    end = writer.get_extra_info("socket")
    with suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


class Direction:
    """What one end sends to the other, and what happens to it on its way."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.delay = 0.0
        self.is_swallowed = False
        # The next bytes that come are broken off halfway, and the connection with them.
        self.is_cut = False
        self._is_half_closed = False
        self._reader, self._writer = reader, writer

    def half_close(self) -> None:
        """Say that nothing more will come, while the other way stays open."""
        self._is_half_closed = True
        with suppress(OSError):
            self._writer.write_eof()

    def break_off(self) -> None:
        """End the connection without a word, as a cable does that is pulled out on both sides."""
        reset(self._writer)

    async def carry(self) -> None:
        with suppress(OSError):
            while data := await self._reader.read(CHUNK):
                await asyncio.sleep(self.delay)
                if self.is_swallowed or self._is_half_closed:
                    continue
                self._writer.write(data[: len(data) // 2] if self.is_cut else data)
                await self._writer.drain()
                if self.is_cut:
                    # A reset could overtake that half.
                    self._writer.write_eof()
                    await asyncio.sleep(0.05)
                    return
        if not self.is_swallowed and not self._is_half_closed:
            # After a reset too: the other end would wait for ever, if it has no more to say.
            with suppress(OSError):
                self._writer.write_eof()
        if self.is_swallowed:
            # Neither end hears of it when the other goes.
            await asyncio.Event().wait()


class Link:
    """One connection: `up` to the server and `down` from it."""

    def __init__(self, up: Direction, down: Direction) -> None:
        self.up, self.down = up, down

    async def carry(self) -> None:
        carrying = [asyncio.create_task(way.carry()) for way in (self.up, self.down)]
        try:
            await asyncio.wait(carrying, return_when=asyncio.FIRST_COMPLETED)
            if not (self.up.is_cut or self.down.is_cut):
                await asyncio.wait(carrying)
        finally:
            for task in carrying:
                task.cancel()
            self.break_off()

    def break_off(self) -> None:
        self.up.break_off()
        self.down.break_off()


class Proxy:
    """Carries what comes to `port` to the server at `host` and `to`, and back."""

    def __init__(self, host: str, to: int) -> None:
        self.port = 0
        self.links: list[Link] = []
        self._host, self._to = host, to
        self._tasks: set[asyncio.Task[None]] = set()

    def cut(self) -> None:
        """Break every connection off in the middle of what it carries next, whichever way that goes."""
        for link in self.links:
            link.up.is_cut = link.down.is_cut = True

    def break_off(self) -> None:
        """Break every connection off now."""
        for link in self.links:
            link.break_off()

    def half_close(self, *, up: bool) -> None:
        """Tell the server (`up`), or the person, that the other one will say nothing more."""
        for link in self.links:
            (link.up if up else link.down).half_close()

    def delay(self, seconds: float) -> None:
        """Let all that the present connections carry take so long, each way."""
        for link in self.links:
            link.up.delay = link.down.delay = seconds

    def swallow(self, *, up: bool = True, down: bool = True) -> None:
        """Lose from now on what the present connections carry; neither end is told. New ones work."""
        for link in self.links:
            link.up.is_swallowed |= up
            link.down.is_swallowed |= down

    async def serve(self) -> asyncio.Server:
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def end(self) -> None:
        # What was accepted just now has its task in the loop's next round.
        await asyncio.sleep(0)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A task of our own: asyncio logs what its own are cancelled for.
        task = asyncio.create_task(self._carry(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            server_reader, server_writer = await asyncio.open_connection(self._host, self._to)
        except (OSError, asyncio.CancelledError):
            writer.transport.abort()
            return
        link = Link(Direction(reader, server_writer), Direction(server_reader, writer))
        self.links.append(link)
        try:
            await link.carry()
        finally:
            self.links.remove(link)


@asynccontextmanager
async def proxy(host: str, to: int) -> AsyncIterator[Proxy]:
    """Serve a proxy to that address until the end of the block."""
    through = Proxy(host, to)
    server = await through.serve()
    try:
        yield through
    finally:
        server.close()
        await through.end()
