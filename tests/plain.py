"""The real application behind a server that offers the hub nothing: there it has ASGI's own `send` alone."""

from typing import Any

from discuss.server.wire import EXTENSION
from project.asgi import application as real
from tests.ways import PLAIN_SEND

# Its log tells this process from others.
print(PLAIN_SEND, flush=True)


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        # Our own server offers it. Where it does not, going both ways would be going one way twice.
        offered = dict(scope["extensions"])
        del offered[EXTENSION]
        scope = {**scope, "extensions": offered}
    await real(scope, receive, send)
