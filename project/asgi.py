"""The ASGI application: pages by Django, sockets by Channels."""

import asyncio
import logging
import os
from typing import Any

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
django = get_asgi_application()  # before anything that needs the models

from discuss.db import workers  # noqa: E402
from discuss.edges import probes, throttle  # noqa: E402
from discuss.edges.routing import websocket_urlpatterns  # noqa: E402
from discuss.live.hub import hub  # noqa: E402
from discuss.logs import shown  # noqa: E402

logger = logging.getLogger("discuss.asgi")

# Requests that Django answers at a time; others wait. Each has a thread and a connection to the database,
# and Django itself would begin as many as come: PostgreSQL refuses the hundredth.
REQUESTS = 16
_seats = asyncio.Semaphore(REQUESTS)
workers.share_connections(REQUESTS)


async def pages(scope: dict[str, Any], receive: Any, send: Any) -> None:
    # Before anything is done that others see: without a hub there is nobody to ring the layer, and a
    # process may answer pages for long before it has a socket.
    hub.start()
    if scope["path"] in probes.PROBES:
        await probes.answer(scope, receive, send)
        return
    await hub.know_site()
    await hub.know_networks()
    is_gone = False

    async def hear() -> dict[str, Any]:
        nonlocal is_gone
        message: dict[str, Any] = await receive()
        is_gone = message["type"] == "http.disconnect"
        return message

    try:
        await throttle.answer_throttled(_answer, scope, hear, send)
    except RuntimeError as error:
        # Where somebody goes away in the middle of a request, its end may come in a thread that has ended
        # (asgiref's CurrentThreadExecutor). There is nobody to answer.
        if not is_gone or "CurrentThreadExecutor" not in str(error):
            raise
        logger.info("%s was broken off: %s", shown(scope["path"]), error)


async def _answer(scope: dict[str, Any], receive: Any, send: Any) -> None:
    async with _seats:
        await django(scope, receive, send)


application = ProtocolTypeRouter({"http": pages, "websocket": URLRouter(websocket_urlpatterns)})
