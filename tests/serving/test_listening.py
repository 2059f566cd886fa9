"""Where the server listens: an address, or a unix socket that outlives nobody."""

import asyncio
import os
import signal
import socket
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server import TOP
from tests.serving.conftest import Start
from tests.serving.tiny import TinyServer
from tests.serving.wire import PING, Wire, frame


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "with=odd:signs.sock"


@pytest.fixture
def server(tmp_path: Path, path: Path) -> Iterator[TinyServer]:
    server = TinyServer(tmp_path, unix_socket=path)
    yield server
    server.kill()


async def test_a_unix_socket_carries_pages_and_sockets(server: TinyServer):
    server.start()
    async with await Wire.open(server) as wire:
        head, _ = await wire.ask("/")
        assert head.startswith(b"HTTP/1.1 200 ")
    async with await Wire.socket(server) as wire:
        wire.send("tell")
        assert '"client": null' in await wire.hear()


def test_it_is_for_its_owner_and_group_alone(server: TinyServer, path: Path):
    server.start()
    assert stat.S_IMODE(path.stat().st_mode) == 0o660
    # Nothing else lies beside it that a container would keep.
    assert [each.name for each in path.parent.iterdir() if each.suffix != ".log"] == [path.name]


def test_the_socket_of_a_killed_process_is_in_nobodys_way(server: TinyServer, path: Path):
    server.start()
    server.kill()
    assert path.is_socket()
    server.start()
    server.stop()
    assert not path.exists()


def test_the_socket_of_a_living_process_is_left_alone(
    server: TinyServer, path: Path, tmp_path: Path
):
    server.start()
    (tmp_path / "second").mkdir()
    second = TinyServer(tmp_path / "second", unix_socket=path)
    ended = subprocess.run(
        second.command(), cwd=TOP, env=second.environment, capture_output=True, text=True
    )
    assert ended.returncode == 1
    assert "Address already in use" in ended.stderr
    assert "Traceback" not in ended.stderr
    server.connect().close()


def test_a_file_that_is_no_socket_is_left_alone(server: TinyServer, path: Path):
    path.write_text("precious")
    with pytest.raises(AssertionError, match="Address already in use"):
        server.start()
    assert path.read_text() == "precious"


def test_many_may_wait_to_be_taken(server: TinyServer):
    server.start()
    os.kill(server.pid, signal.SIGSTOP)  # nobody is taken
    waiting = []
    try:
        for _ in range(300):
            connection = socket.socket(socket.AF_UNIX)
            connection.setblocking(False)
            waiting.append(connection)
            connection.connect(str(server.unix_socket))
    finally:
        for connection in waiting:
            connection.close()


async def test_an_address_opens_so_many_connections_and_others_theirs(start: Start):
    server = start(gate={"CONNECTIONS_AT_ONCE": 5, "CONNECTIONS_A_SECOND": 0.001})
    assert [await answers(server, "127.0.0.2") for _ in range(7)] == [True] * 5 + [False] * 2
    assert await answers(server, "127.0.0.3")


async def test_a_socket_that_is_cut_counts_as_many_connections(start: Start):
    server = start(
        gate={"CONNECTIONS_AT_ONCE": 60, "CONNECTIONS_A_SECOND": 0.001},
        incoming={"FRAMES_AT_ONCE": 3.0},
    )
    source = ("127.0.0.2", 0)
    async with Wire(
        *await asyncio.open_connection("127.0.0.1", server.port, local_addr=source)
    ) as wire:
        await wire.upgrade()
        assert await answers(server, "127.0.0.2")
        await wire.flood(frame(PING, b"") * 100, 1)
        assert await wire.close_code() == 1008
    answered = [await answers(server, "127.0.0.2") for _ in range(20)]
    assert not all(answered)
    assert await answers(server, "127.0.0.3")


async def test_a_handshake_that_is_refused_counts_as_several(start: Start):
    server = start(gate={"CONNECTIONS_AT_ONCE": 30, "CONNECTIONS_A_SECOND": 0.001})
    source = ("127.0.0.2", 0)
    for _ in range(2):
        async with Wire(
            *await asyncio.open_connection("127.0.0.1", server.port, local_addr=source)
        ) as wire:
            assert (await wire.upgrade("/?refuse")).startswith(b"HTTP/1.1 403")
    answered = [await answers(server, "127.0.0.2") for _ in range(20)]
    assert answered.count(True) < 10
    assert await answers(server, "127.0.0.3")


async def answers(server: TinyServer, address: str) -> bool:
    """Ask for a page from this address, and say whether there was an answer."""
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", server.port, local_addr=(address, 0)
    )
    try:
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        return bool(await reader.read(1))
    except ConnectionError:
        return False
    finally:
        writer.close()
