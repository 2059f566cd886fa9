"""A tiny application that does as it is told, and a server for it with bounds that a test can wait for.

    LIMITS='{"http": {"HEAD_WITHIN": 0.5}}' RELEASE=/tmp/release python -m tests.serving.tiny

sets constants of the modules in discuss/server/ and serves on PORT or UNIX_SOCKET. What is held is held
until the file RELEASE exists.
"""

import asyncio
import gc
import json
import os
import sys
import threading
import time
from importlib import import_module
from pathlib import Path
from typing import Any

from twisted.internet import base

from discuss.server import Server as TheServer
from discuss.server.protocol import CLOSE_POLICY
from discuss.server.wire import EXTENSION, Prepared
from tests import forked
from tests.server import Server

# Seconds, as a bound that no test waits for.
NEVER = 3600
# Bounds of TinyServers, unless a test sets its own: nobody is dropped for being late on a busy machine.
PATIENT = {"autoPingInterval": 0, "closeHandshakeTimeout": NEVER}

forever = threading.Event()


class TinyServer(Server):
    """A process that serves the tiny application, within these limits and PATIENT's."""

    application = "tests.serving.tiny:application"
    origin = forked.BARE

    def __init__(self, folder: Path, *, unix_socket: Path | None = None, **limits: Any) -> None:
        sockets = limits.get("websocket", {})
        options = {"AUTOBAHN_OPTIONS": {**PATIENT, **sockets.get("AUTOBAHN_OPTIONS", {})}}
        limits["websocket"] = {**sockets, **options}
        self._release = folder / "release"
        super().__init__(
            folder, unix_socket=unix_socket, LIMITS=json.dumps(limits), RELEASE=str(self._release)
        )
        if unix_socket:
            self.environment["UNIX_SOCKET"] = str(unix_socket)

    def command(self) -> list[str]:
        return [sys.executable, "-m", "tests.serving.tiny"]

    def release(self) -> None:
        """Let go what is held, now and from now on."""
        self._release.touch()

    async def has_begun(self) -> None:
        """Wait until a page or a handshake is held."""
        await self.has_said("begun")

    async def has_said(self, line: str) -> None:
        """Wait until its log has this line."""
        while line not in self.log.read_text().splitlines():
            assert self.is_running
            await asyncio.sleep(0.02)


async def application(scope: Any, receive: Any, send: Any) -> None:
    await (page if scope["type"] == "http" else talk)(scope, receive, send)


async def page(scope: Any, receive: Any, send: Any) -> None:
    """`/` tells what it was asked; `/hold` answers when it is released, `/large/<bytes>` at length,
    `/last` as the last of its connection.
    """
    size, message, headers = 0, await receive(), []
    size += len(message["body"])
    while message["more_body"]:
        message = await receive()
        size += len(message["body"])
    body = json.dumps({"size": size, **told(scope)}).encode()
    match scope["path"].split("/"):
        case ["", "hold"]:
            print("begun", flush=True)
            await released()
        case ["", "large", count]:
            body = b"x" * int(count)
        case ["", "last"]:
            headers = [(b"connection", b"close")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def talk(scope: Any, receive: Any, send: Any) -> None:
    """Take orders, each a verb and a number, and say what came of them.

    `/?<seconds>` is accepted late, `/?hold` when it is released, `/?refuse` never.
    """
    direct = scope.get("extensions", {}).get(EXTENSION)  # plain Daphne has none
    while (message := await receive())["type"] != "websocket.disconnect":
        if message["type"] == "websocket.connect":
            if scope["query_string"] == b"refuse":
                await send({"type": "websocket.close"})
                continue
            if scope["query_string"] == b"hold":
                print("begun", flush=True)
                await released()
            else:
                await asyncio.sleep(float(scope["query_string"] or 0))
            await send({"type": "websocket.accept"})
            continue
        verb, _, value = (message.get("text") or "").partition(" ")
        answer = "?"
        if verb == "tell":
            answer = json.dumps(told(scope))
        elif verb == "wait":
            await asyncio.sleep(float(value))
            answer = "waited"
        elif verb == "hold":
            await released()
            answer = "released"
        elif verb == "write":  # so many frames of 64 KiB
            for _ in range(int(value)):
                await send({"type": "websocket.send", "text": "x" * 64 * 1024})
            answer = "written"
        elif verb == "mix":  # so many numbered frames (of so many bytes), every other one prepared
            await mix(direct, send, *map(int, value.split()))
            continue
        elif verb == "late":  # one that is prepared, but comes after the end
            await send({"type": "websocket.close"})
            direct.write(Prepared("late").wire)
            continue
        elif verb == "unsent":
            answer = str(direct.unsent)
        elif verb == "count":  # how many connections the server still looks after
            answer = str(len(direct.server.connections))
        elif verb == "rubbish":  # how many objects only the garbage collector could free
            answer = str(gc.collect())
        elif verb == "switch":  # seconds that a thread may keep the others waiting
            answer = str(sys.getswitchinterval())
        elif verb == "frozen":
            answer = str(gc.get_freeze_count())
        elif verb == "hang":  # a thread that nobody can stop
            await asyncio.to_thread(forever.wait)
        elif verb == "jump":
            jump(float(value))
        elif verb == "fail":
            raise RuntimeError("as told")
        await send({"type": "websocket.send", "text": answer})
    if message.get("code") == CLOSE_POLICY:
        print("cut", flush=True)


async def released() -> None:
    while not is_released():  # noqa: ASYNC110 - it is told from outside
        await asyncio.sleep(0.02)


def is_released() -> bool:
    return Path(os.environ["RELEASE"]).exists()


async def mix(direct: Any, send: Any, count: int, size: int = 0) -> None:
    for number in range(count):
        text = f"{number} ".ljust(size, "x")
        if number % 2:
            direct.write(Prepared(text).wire)
        else:
            await send({"type": "websocket.send", "text": text})


def jump(seconds: float) -> None:
    """Set the clock, as far as this process can see."""
    now = time.time
    time.time = lambda: now() + seconds
    base.ReactorBase.seconds = staticmethod(time.time)


def told(scope: Any) -> dict[str, Any]:
    return {name: scope[name] for name in ("root_path", "client", "path")}


def main() -> None:
    for name, values in json.loads(os.environ["LIMITS"]).items():
        module = import_module(f"discuss.server.{name}")
        for constant, value in values.items():
            if isinstance(value, dict):
                getattr(module, constant).update(value)
            else:
                assert hasattr(module, constant)
                setattr(module, constant, value)
    path = os.environ.get("UNIX_SOCKET")
    server = TheServer(
        application,
        host="127.0.0.1",
        port=int(os.environ["PORT"]),
        unix_socket=Path(path) if path else None,
        on_drain=lambda: print("draining", flush=True),
        on_exit=say_goodbye,
    )
    server.run()
    raise SystemExit(1 if server.has_failed else 0)


async def say_goodbye() -> None:
    print("goodbye", flush=True)


if __name__ == "__main__":
    main()
