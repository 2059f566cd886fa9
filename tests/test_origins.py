"""Sockets are for pages of our own: exactly the scheme, host and port that people reach us at."""

from itertools import product

import pytest
from django.conf import settings
from django.test import Client

from discuss.db.workers import in_worker
from discuss.edges import routing
from tests.cast import Cast, log_in
from tests.page import PATIENCE, dial

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("live")]

FOREIGN = [
    "https://127.0.0.1:8000",
    "http://127.0.0.1",
    "http://127.0.0.1:80",
    "http://127.0.0.1:8001",
    "http://127.0.0.2:8000",
    "http://evil.example:8000",
    "http://127.0.0.1.evil.example:8000",
    "http://evil.example/127.0.0.1:8000",
    "http://127.0.0.1:8000@evil.example",
    "http://sub.localhost:8000",
    "ws://127.0.0.1:8000",
    "127.0.0.1:8000",
    "null",
    "file://",
    "*",
    "http://[",
    "http://127.0.0.1:99999",
    "http://127.0.0.1:x",
    "\xff",
]


async def is_let_in(client: Client, path: str, origin: str | None) -> bool:
    socket = dial(path, client, origin=origin)
    is_accepted, _ = await socket.connect(PATIENCE)
    if is_accepted:
        await socket.disconnect(timeout=PATIENCE)
    return is_accepted


@pytest.fixture
async def bob(cast: Cast) -> Client:
    return await in_worker(log_in, cast.bob)


@pytest.fixture
def paths(cast: Cast) -> tuple[str, str]:
    return "/ws/", f"/ws{cast.kitchen.get_absolute_url()}"


async def test_our_own_origins_are_let_in(bob: Client, paths: tuple[str, str]):
    assert settings.PUBLIC_ORIGINS == ["http://127.0.0.1:8000", "http://localhost:8000"]
    for origin, path in product(settings.PUBLIC_ORIGINS, paths):
        assert await is_let_in(bob, path, origin)


async def test_every_other_is_refused_in_the_handshake(bob: Client, paths: tuple[str, str]):
    for path in paths:
        assert await is_let_in(bob, path, settings.PUBLIC_URL)
    for origin, path in product([*FOREIGN, None], paths):
        assert not await is_let_in(bob, path, origin), (origin, path)


async def test_a_probe_may_come_from_anywhere():
    for origin in (*FOREIGN, None):
        socket = dial("/ws/ping/", origin=origin)
        assert (await socket.connect(PATIENCE))[0], origin
        await socket.send_to("ping")
        assert await socket.receive_from(PATIENCE) == "pong"
        await socket.disconnect(timeout=PATIENCE)


@pytest.mark.parametrize("said", ["PING", b"ping", "ping ping", "x" * 60_000])
async def test_a_probe_gets_no_answer_to_anything_else(said: str | bytes):
    socket = dial("/ws/ping/")
    await socket.connect(PATIENCE)
    if isinstance(said, str):
        await socket.send_to(said)
    else:
        await socket.send_to(bytes_data=said)
    assert await socket.receive_output(PATIENCE) == {"type": "websocket.close", "code": 1000}


async def test_a_probe_asks_once_and_soon(monkeypatch: pytest.MonkeyPatch):
    socket = dial("/ws/ping/")
    await socket.connect(PATIENCE)
    await socket.send_to("ping")
    assert await socket.receive_from(PATIENCE) == "pong"
    assert await socket.receive_output(PATIENCE) == {"type": "websocket.close", "code": 1000}
    monkeypatch.setattr(routing, "PROBE_WITHIN", 0.01)
    silent = dial("/ws/ping/")
    await silent.connect(PATIENCE)
    assert await silent.receive_output(PATIENCE) == {"type": "websocket.close", "code": 1000}


async def test_so_many_probes_may_ask_at_a_time(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(routing, "PROBES", 2)
    first, second, third = dial("/ws/ping/"), dial("/ws/ping/"), dial("/ws/ping/")
    for socket in (first, second):
        assert (await socket.connect(PATIENCE))[0]
    assert not (await third.connect(PATIENCE))[0]
    await first.send_to("ping")
    await first.wait(PATIENCE)
    assert (await dial("/ws/ping/").connect(PATIENCE))[0]


async def test_an_address_that_is_none_is_refused():
    for path in ("/ws", "/ws/nowhere/", "/ws/groups/", "/ws/groups/x/", "/", "/ws/ping"):
        assert not (await dial(path).connect(PATIENCE))[0], path
