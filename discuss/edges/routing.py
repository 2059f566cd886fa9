"""The sockets' addresses."""

import asyncio
import contextlib
from collections import Counter
from typing import Any

from channels.routing import URLRouter
from django.conf import settings
from django.urls import path, re_path

from discuss.edges.addresses import tell_of_socket
from discuss.edges.connections import count_end, may_open
from discuss.edges.consumers import GroupConsumer, ListedConsumer, LobbyConsumer, QueueConsumer
from discuss.edges.networks import barred
from discuss.edges.scopes import address_of, source_of
from discuss.server.protocol import CLOSE_NORMAL

# Seconds that a probe may take to ask, and how many may be asking at a time: in all, and from one address.
# They have no session.
PROBE_WITHIN = 2.0
PROBES = 50
PROBES_OF_ONE = 5
_probes: Counter[str] = Counter()


async def ping(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer `ping` with `pong` and close, in plain ASGI: what a probe of the server alone asks for."""
    await receive()
    address = source_of(scope)
    most = PROBES_OF_ONE if settings.RATE_LIMITS else PROBES
    is_one_too_many = _probes.total() >= PROBES or _probes[address] >= most
    if is_one_too_many or not may_open(scope) or barred(address_of(scope)):
        await send({"type": "websocket.close"})
        return
    _probes[address] += 1
    try:
        await send({"type": "websocket.accept"})
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PROBE_WITHIN):
                message = await receive()
                if message.get("text") == "ping":
                    await send({"type": "websocket.send", "text": "pong"})
                count_end(scope, message, None)
        await send({"type": "websocket.close", "code": CLOSE_NORMAL})
    finally:
        _probes[address] -= 1
        if not _probes[address]:
            del _probes[address]


async def own_pages(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Let in the sockets of pages of our own; refuse the handshake of every other.

    Browsers send an origin in its one serialised form (RFC 6454 section 6.2), so it is compared as it
    is. Channels' validators would pass any scheme and port, or end in a traceback where one cannot be
    parsed.
    """
    origins = [value.decode("latin1") for name, value in scope["headers"] if name == b"origin"]
    is_own = len(origins) == 1 and origins[0] in settings.PUBLIC_ORIGINS
    if origins and not is_own:
        tell_of_socket(origins[0], dict(scope["headers"]).get(b"host", b"").decode("latin1"))
    await (pages if is_own else not_found)(scope, receive, send)


async def not_found(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Refuse the handshake of an address that is none."""
    await receive()
    await send({"type": "websocket.close"})


# The stubs of Django's path() know of views only, not of ASGI applications.
pages = URLRouter(
    [
        path("ws/", LobbyConsumer.as_asgi()),
        path("ws/listed/", ListedConsumer.as_asgi()),
        path("ws/moderation/", QueueConsumer.as_asgi()),
        path("ws/groups/<uuid:uuid>/", GroupConsumer.as_asgi()),
        # Of a page that does not show the end of its log. The version before knows no such pages and refuses:
        # such a page comes back until it meets a process of this one.
        path("ws/groups/<uuid:uuid>/part/", GroupConsumer.as_asgi()),
        re_path("", not_found),  # type: ignore[arg-type]
    ]
)
websocket_urlpatterns: list[Any] = [
    path("ws/ping/", ping),  # type: ignore[arg-type]
    re_path("", own_pages),  # type: ignore[arg-type]
]
