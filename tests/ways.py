"""The two ways in which what the hub writes leaves a server.

A server that has the extension of discuss.server.wire takes frames that are ready for the wire. Of any
other there is ASGI's own `send` alone.

The ways differ in the viewer and in the server. Tests of these, and tests that would find what goes wrong
between them, are marked `both_ways` and go both; all others go the way of our own server. WAYS=both in the
environment makes all of them go both.
"""

import os
from typing import Any

from channels.testing import WebsocketCommunicator
from websockets.exceptions import ProtocolError
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from discuss.server.wire import EXTENSION
from tests.document import Broken

PLAIN_SEND, PREPARED_FRAMES = WAYS = ("plain send", "prepared frames")
# The ways of a test that is not marked.
CHOSEN_WAYS = WAYS if os.environ.get("WAYS") == "both" else (PREPARED_FRAMES,)


class Chosen:
    """The way of the test that runs: see the fixture `way`."""

    way = PLAIN_SEND


class Direct:
    """The extension, for one socket of a test: what is written comes in one order with what is sent.

    As the real one, it takes nothing before the socket was accepted and nothing after it was closed, and
    does not look at what it is given. That is for the page to do: see `heard()`.
    """

    # A test reads whatever it is sent.
    unsent = 0

    def __init__(self, socket: WebsocketCommunicator) -> None:
        self._socket = socket
        self._is_open = False

    def write(self, wire: bytes) -> None:
        if self._is_open:
            self._socket.output_queue.put_nowait({"type": "websocket.send", "wire": wire})

    def note(self, message: dict[str, Any]) -> None:
        """Take notice of what goes through `send`."""
        if message["type"] != "websocket.send":
            self._is_open = message["type"] == "websocket.accept"


class Socket(WebsocketCommunicator):
    """A socket to `application`, not connected yet, of a server of the chosen kind."""

    def __init__(self, application: Any, path: str, headers: list[tuple[bytes, bytes]]) -> None:
        super().__init__(application, path, headers=headers)
        if Chosen.way == PREPARED_FRAMES:
            direct = Direct(self)
            self.scope["extensions"] = {EXTENSION: direct}
            self.application = _noticed_by(direct, application)

    async def connect(self, timeout: float = 1) -> tuple[bool, Any]:  # noqa: ASYNC109 - as it was
        """Open the socket, and tell the application, as servers do, where that came to nothing."""
        is_accepted, told = await super().connect(timeout)
        if not is_accepted:
            # Else it would wait to be told until its task is thrown away.
            await self.disconnect(timeout=timeout)
        return is_accepted, told


def _noticed_by(direct: Direct, application: Any) -> Any:
    async def serve(scope: dict[str, Any], receive: Any, send: Any) -> None:
        async def send_on(message: dict[str, Any]) -> None:
            direct.note(message)
            await send(message)

        await application(scope, receive, send_on)

    return serve


def heard(message: dict[str, Any]) -> tuple[str, str]:
    """Return the text of a frame, and the way it came."""
    if "wire" in message:
        return text_of(message["wire"]), PREPARED_FRAMES
    return message["text"], PLAIN_SEND


def text_of(wire: bytes) -> str:
    """Read one text frame as a browser does. Raises Broken for any bytes but those of exactly one."""
    stream = StreamReader()
    stream.feed_data(wire)
    parsing = Frame.parse(stream.read_exact, mask=False)
    try:
        next(parsing)
    except StopIteration as done:
        frame: Frame = done.value
    except ProtocolError as error:
        raise Broken(f"No browser takes this frame: {error}") from error
    else:
        raise Broken("A frame is cut off.")
    text = bytes(frame.data).decode() if frame.opcode is Opcode.TEXT else ""
    # What it is as another library writes it: whole, unmasked, uncompressed, with nothing behind it.
    if Frame(Opcode.TEXT, text.encode()).serialize(mask=False) != wire:
        raise Broken(f"This is not one text frame: {wire[:40]!r}")
    return text
