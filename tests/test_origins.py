"""Sockets are for pages of our own: exactly the scheme, host and port that people reach us at."""

import pytest
from django.conf import settings

from discuss.live.pool import in_worker
from tests.cast import Cast, log_in
from tests.page import dial

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


async def is_let_in(cast: Cast, path: str, origin: str | None) -> bool:
    client = await in_worker(log_in, cast.bob)
    socket = dial(path, client, origin=origin)
    is_accepted, _ = await socket.connect()
    if is_accepted:
        await socket.disconnect()
    return is_accepted


@pytest.mark.parametrize("path", ["/ws/", "group"])
async def test_our_own_origins_are_let_in(cast: Cast, path: str):
    path = f"/ws{cast.kitchen.get_absolute_url()}" if path == "group" else path
    assert settings.PUBLIC_ORIGINS == ["http://127.0.0.1:8000", "http://localhost:8000"]
    for origin in settings.PUBLIC_ORIGINS:
        assert await is_let_in(cast, path, origin)


@pytest.mark.parametrize("origin", [*FOREIGN, None])
async def test_every_other_is_refused_in_the_handshake(cast: Cast, origin: str | None):
    assert await is_let_in(cast, "/ws/", settings.PUBLIC_URL)
    for path in ("/ws/", f"/ws{cast.kitchen.get_absolute_url()}"):
        assert not await is_let_in(cast, path, origin)


@pytest.mark.parametrize("origin", [*FOREIGN, None])
async def test_a_probe_may_come_from_anywhere(origin: str | None):
    socket = dial("/ws/ping/", origin=origin)
    assert (await socket.connect())[0]
    await socket.send_to("ping")
    assert await socket.receive_from() == "pong"
    await socket.disconnect()


async def test_a_probe_gets_no_answer_to_anything_else():
    socket = dial("/ws/ping/")
    await socket.connect()
    await socket.send_to("PING")
    await socket.send_to(bytes_data=b"ping")
    assert await socket.receive_nothing()
    await socket.send_to("ping")
    assert await socket.receive_from() == "pong"
    await socket.disconnect()


@pytest.mark.parametrize(
    "path", ["/ws", "/ws/nowhere/", "/ws/groups/", "/ws/groups/x/", "/", "/ws/ping"]
)
async def test_an_address_that_is_none_is_refused(path: str):
    assert not (await dial(path).connect())[0]
