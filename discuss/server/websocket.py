"""A WebSocket, with bounds: on what waits for the page, and on its age."""

import asyncio
import contextlib
import random
from time import monotonic
from typing import Any

from autobahn.websocket.types import ConnectionDeny

from discuss.server import incoming
from discuss.server.gate import REFUSED_COSTS
from discuss.server.incoming import IncomingFrames
from discuss.server.protocol import CLOSE_OVERLOAD, CLOSE_RESTART, FRAME_LIMIT
from discuss.server.wire import BINARY, TEXT, to_wire

# Bytes that may wait for a page that does not read them, when there are more to send, before it is closed; it
# returns and catches up.
UNSENT_LIMIT = 1024 * 1024
# Autobahn's timers, which the next four go by, may go off a second early.
# Seconds from one pong to the next ping, and from a ping to the pong that must follow. Together they are
# how long a page that went silent, or only chatters, is kept: 40 at most.
PING_INTERVAL = 20.0
PONG_WITHIN = 20.0
# Seconds that the other side has to answer a close frame before the connection is dropped.
CLOSE_WITHIN = 3.0
# Seconds within which the application must accept or refuse.
HANDSHAKE_WITHIN = 10.0
# Seconds that the application has for the frames that came, before a socket is closed all the same.
SETTLE_WITHIN = 8.0
# Seconds after which a socket is closed with 1012, between the first and the second, so that those who
# came together do not return together.
LIFETIME = (20 * 3600.0, 23 * 3600.0)

# What Autobahn is told. Origins are the application's to judge, "null" among them.
AUTOBAHN_OPTIONS: dict[str, Any] = {
    "allowNullOrigin": True,
    "autoPingInterval": PING_INTERVAL,
    "autoPingTimeout": PONG_WITHIN,
    "autoPingRestartOnAnyTraffic": False,
    "closeHandshakeTimeout": CLOSE_WITHIN,
    "failByDrop": False,  # say 1009 before the connection is dropped
    "maxFramePayloadSize": FRAME_LIMIT,
    "maxMessagePayloadSize": FRAME_LIMIT,
    "openHandshakeTimeout": HANDSHAKE_WITHIN,
}


def configured(factory: Any, *, is_limited: bool) -> type["Socket"]:
    """Return a class of sockets that has the factory's settings for its own, and a limit of frames or none.

    Autobahn would copy 38 of them into each socket, 3 kB, and write them out for a log that nobody keeps: a
    tenth of what it takes to connect.
    """
    settings = {name: getattr(factory, name) for name in Socket.CONFIG_ATTRS}
    # Functions among them are called as they are, not as a socket's methods.
    settings = {k: staticmethod(v) if callable(v) else v for k, v in settings.items()}
    most = incoming.FRAMES_AT_ONCE if is_limited else float("inf")
    ours = {"CONFIG_ATTRS": (), "frames_at_once": most, "_frames_left": most}
    return type("Socket", (Socket,), settings | ours)


class Socket(IncomingFrames):
    """One connection that became a WebSocket.

    Its clock is monotonic: one that is set neither closes nor keeps anybody.
    """

    _is_overloaded = False
    _born = float("inf")
    _lifetime = float("inf")

    @property
    def unsent(self) -> int:
        """How many bytes wait in this process for the other side to read; the kernel keeps more."""
        transport = self.transport
        return int(len(transport.dataBuffer) - transport.offset + transport._tempDataLen)

    def onOpen(self) -> None:
        super().onOpen()
        self.server.collector.count()
        self._born = monotonic()
        self._lifetime = random.uniform(*LIFETIME)  # noqa: S311 - dice, not a secret

    def connectionLost(self, reason: Any) -> None:
        super().connectionLost(reason)
        # It holds the socket itself: with the last reference to that all of it goes, at once.
        self.is_closed = None

    def serverSend(self, content: str | bytes, binary: bool = False) -> None:
        if self.state == self.STATE_CONNECTING:
            self.serverAccept()
        # Not Autobahn's own, which would hold what goes out to the limit of what may come in.
        payload = content.encode() if isinstance(content, str) else content
        self.write(to_wire(payload, BINARY if binary else TEXT))

    def write(self, wire: bytes) -> None:
        """Send whole frames as they are (discuss.server.wire); after the socket has closed, nothing."""
        if self.state == self.STATE_OPEN:
            self.sendData(wire)

    def sendData(self, data: bytes, sync: bool = False, chopsize: int | None = None) -> None:
        # All that goes out passes here: the handshake, pongs and the close frame too, so the order is that
        # of the calls. To hand it to the kernel at once costs 8 us; Twisted would register a writer with
        # the event loop for every frame and drop it again, 33 us. What does not fit waits with Twisted.
        transport, sent = self.transport, 0
        if transport.connected and not (transport.dataBuffer or transport._tempDataLen):
            try:
                sent = transport.socket.send(data)
            except OSError:
                sent = 0  # whatever is wrong with the connection, Twisted finds out when it writes
            if sent == len(data):
                return
        # What waits already counts, not this frame: a page that missed much is owed a large one.
        is_too_much = self.unsent > UNSENT_LIMIT
        transport.write(data[sent:])
        if is_too_much and self.is_up and not self._is_overloaded:
            self._is_overloaded = True
            self.serverClose(CLOSE_OVERLOAD)

    def handle_reply(self, message: dict[str, Any]) -> None:
        if message.get("type") == "websocket.close" and "handshake_deferred" in self.__dict__:
            self._charge(REFUSED_COSTS)
        # Daphne's own drops the headers of an answer to the handshake.
        if message.get("type") == "websocket.accept" and message.get("headers"):
            pairs = ((name.decode(), value.decode()) for name, value in message["headers"])
            deferred = self.__dict__.pop("handshake_deferred")
            deferred.callback((message.get("subprotocol"), dict(pairs)))
        else:
            super().handle_reply(message)

    def serverClose(self, code: int | None = None) -> None:
        # Autobahn lets applications close with 1000 and 3000-4999 alone and raises for the rest, which
        # Daphne passes on. 1009, 1012 and 1013 are for servers (RFC 6455 section 7.4.1 and the registry
        # of section 11.7), and htmx comes back after 1012 and 1013 but not after ours.
        self.sendCloseFrame(code=1000 if code is None else code)

    async def leave(self, within: float = SETTLE_WITHIN) -> None:
        """Close with 1012, once the application has dealt with the frames that came so far."""
        if self.state == self.STATE_CONNECTING:
            self.refuse()
            return
        self.is_deaf = True
        if self.is_up:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.application_queue.settle(), within)
        if self.is_up:
            self.serverClose(CLOSE_RESTART)

    def refuse(self) -> None:
        """Refuse the handshake because the server is about to end."""
        deferred = self.__dict__.pop("handshake_deferred", None)
        if deferred is not None:
            deferred.errback(ConnectionDeny(code=503, reason="Restarting"))
            self.server.protocol_disconnected(self)

    def check_timeouts(self) -> None:
        # Called every 2 seconds. Pings and handshakes have timers of Autobahn's own.
        if self.is_up and not self.is_deaf and monotonic() - self._born > self._lifetime:
            self.is_deaf = True
            self.server.begin(self.leave())
