"""The network that tests break (tests/faults/proxy.py), by itself."""

import asyncio

import pytest

from tests.faults.proxy import proxy, reset


@pytest.mark.parametrize("is_server", [True, False])
async def test_who_is_reset_has_heard_what_was_said_before_and_is_told(is_server: bool):
    accepted = asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]]()
    server = await asyncio.start_server(
        lambda reader, writer: accepted.put_nowait((reader, writer)), "127.0.0.1", 0
    )
    async with server, proxy(*server.sockets[0].getsockname()) as network:
        near = await asyncio.open_connection("127.0.0.1", network.port)
        far = await accepted.get()
        (reader, _), (_, writer) = (near, far) if is_server else (far, near)
        writer.write(b"goodbye")
        assert await reader.readexactly(7) == b"goodbye"
        reset(writer)
        assert await reader.read() == b""
        for _, end in (near, far):
            end.transport.abort()
