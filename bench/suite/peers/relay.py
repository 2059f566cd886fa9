"""DiscussIt's own server without DiscussIt: what is left when nothing is read, stored or rendered.

`python -m bench.suite.peers.relay PORT` passes on what comes, as it is.
"""

import os
import secrets
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from bench.suite.peers.peer import Peer
from discuss.server.wire import EXTENSION, PreparedSend, to_wire
from tests.server import TOP


class Relay(Peer):
    title = "a bare relay on our own server"

    def command_line(self) -> list[str | Path]:
        return [sys.executable, "-m", "bench.suite.peers.relay", str(self.port)]

    def options(self) -> dict[str, Any]:
        # The server belongs to a project with settings; none of them is of use here.
        ours = {"DATABASE_URL": "sqlite:///nothing", "SECRET_KEY": secrets.token_urlsafe(60)}
        return {"cwd": TOP, "env": {**os.environ, **ours}}


_rooms: "defaultdict[str, set[PreparedSend]]" = defaultdict(set)


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] != "websocket":
        return
    page: PreparedSend = scope["extensions"][EXTENSION]
    room = _rooms[scope["path"]]
    try:
        while (message := await receive())["type"] != "websocket.disconnect":
            if message["type"] == "websocket.connect":
                await send({"type": "websocket.accept"})
                room.add(page)
            else:
                wire = to_wire(message["text"].encode())
                for each in list(room):
                    each.write(wire)
    finally:
        room.discard(page)


def serve(port: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    import django

    django.setup()
    from discuss.server import Server

    Server(application, host="127.0.0.1", port=port, is_limited=False).run()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
