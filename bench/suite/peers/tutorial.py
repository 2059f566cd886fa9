"""The consumer of the Channels tutorial, on plain Daphne, with each channel layer."""

import os
import sys
from pathlib import Path
from typing import Any

from bench.suite.peers.peer import Peer
from tests.server import TOP

LAYERS = {
    "memory": "channels.layers.InMemoryChannelLayer",
    "core": "channels_redis.core.RedisChannelLayer",
    "pub/sub": "channels_redis.pubsub.RedisPubSubChannelLayer",
}


class Tutorial(Peer):
    path = "/ws/chat/room%r/"
    template = '{"message": "%s"}'
    around = 4 + len(template) - len("%s")

    def __init__(self, folder: Path, frame_bytes: int, layer: str, redis_url: str = "") -> None:
        super().__init__(folder, frame_bytes)
        by = "in memory" if layer == "memory" else f"Redis {layer}"
        self.title = f"the Channels tutorial ({by})"
        self._layer = {"LAYER": layer, "REDIS_URL": redis_url}

    def command_line(self) -> list[str | Path]:
        daphne = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(self.port)]
        return [*daphne, "bench.suite.peers.tutorial_site:application"]

    def options(self) -> dict[str, Any]:
        return {"cwd": TOP, "env": {**os.environ, **self._layer}}
