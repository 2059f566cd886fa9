"""The sockets' addresses."""

from typing import Any

from channels.routing import URLRouter
from channels.security.websocket import OriginValidator
from django.conf import settings
from django.urls import path, re_path

from discuss.consumers import GroupConsumer, LobbyConsumer


async def ping(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer `ping` with `pong`, in plain ASGI: what a probe of the server alone asks for."""
    while (message := await receive())["type"] != "websocket.disconnect":
        if message["type"] == "websocket.connect":
            await send({"type": "websocket.accept"})
        elif message.get("text") == "ping":
            await send({"type": "websocket.send", "text": "pong"})


async def not_found(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Refuse the handshake of an address that is none."""
    await receive()
    await send({"type": "websocket.close"})


# The stubs of Django's path() know of views only, not of ASGI applications.
pages = URLRouter(
    [
        path("ws/", LobbyConsumer.as_asgi()),
        path("ws/groups/<uuid:uuid>/", GroupConsumer.as_asgi()),
        re_path("", not_found),  # type: ignore[arg-type]
    ]
)
websocket_urlpatterns: list[Any] = [
    path("ws/ping/", ping),  # type: ignore[arg-type]
    # Exactly these origins: Channels' validator for ALLOWED_HOSTS would pass any scheme and port.
    re_path("", OriginValidator(pages, settings.PUBLIC_ORIGINS)),
]
