"""Sockets are for pages of our own: exactly the scheme, host and port that people reach us at."""

from itertools import product

import pytest
from django.conf import settings
from django.test import Client

from discuss.live.pool import in_worker
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


async def test_a_probe_gets_no_answer_to_anything_else():
    socket = dial("/ws/ping/")
    await socket.connect(PATIENCE)
    await socket.send_to("PING")
    await socket.send_to(bytes_data=b"ping")
    await socket.send_to("ping")
    # Frames are answered in order: this is the answer to the last one, and nothing follows it.
    assert await socket.receive_from(PATIENCE) == "pong"
    await socket.disconnect(timeout=PATIENCE)
    assert socket.output_queue.empty()


async def test_an_address_that_is_none_is_refused():
    for path in ("/ws", "/ws/nowhere/", "/ws/groups/", "/ws/groups/x/", "/", "/ws/ping"):
        assert not (await dial(path).connect(PATIENCE))[0], path
