"""Consumers that pass on what comes to everybody in their room, without a channel layer in between."""

from collections import defaultdict
from typing import Any

import django
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import ProtocolTypeRouter
from django.conf import settings
from django.core.asgi import get_asgi_application

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    INSTALLED_APPS=["daphne", "channels"],
    SECRET_KEY="not a secret: there is nothing here",
)
django.setup()


class RelayConsumer(AsyncWebsocketConsumer):
    rooms: "defaultdict[str, set[RelayConsumer]]" = defaultdict(set)

    async def connect(self) -> None:
        await self.accept()
        self.rooms[self.scope["path"]].add(self)

    async def disconnect(self, code: int) -> None:
        self.rooms[self.scope["path"]].discard(self)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        frame: dict[str, Any] = {"type": "websocket.send", "text": text_data}
        for page in list(self.rooms[self.scope["path"]]):
            await page.base_send(frame)


application = ProtocolTypeRouter(
    {"http": get_asgi_application(), "websocket": RelayConsumer.as_asgi()}
)
