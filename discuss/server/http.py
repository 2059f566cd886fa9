"""A connection that asks for pages, with bounds: on the size of what it sends, and on every wait."""

import logging
from io import BytesIO
from time import monotonic
from typing import Any

from daphne.http_protocol import WebRequest
from twisted.protocols.basic import LineReceiver
from twisted.web.http import RESPONSES, HTTPChannel

from discuss.server.gate import CUT_COSTS, REFUSED_COSTS
from discuss.server.turns import handshakes, requests

logger = logging.getLogger(__name__)

# Bytes of a request's body. A form with 4,000 characters of 4 bytes each, percent-encoded, has 48,000.
BODY_LIMIT = 128 * 1024
# A piece of a body of less than so many bytes is a crumb, and so many of them may be in one: a network makes
# larger pieces.
CRUMB = 512
CRUMBS = 128
# Bytes that are looked at before the next look at whether it was too much.
LOOK = 4096
# Seconds within which a request's head must have come: from connecting on, or from its first byte.
HEAD_WITHIN = 10.0
# Seconds within which its body must have come.
BODY_WITHIN = 30.0
# Seconds within which the application must have answered.
ANSWER_WITHIN = 60.0
# Seconds that a connection may be kept between two requests: longer than proxies keep theirs, so that it
# is they who close.
IDLE_WITHIN = 75.0
# Seconds in which what is on its way out may still be taken, or in, before a connection is cut.
CUT_WITHIN = 5.0


# What a person sees who is refused before there is a page for it.
PAGE = b"""<!DOCTYPE html>
<html lang="en">
  <head><meta charset="utf-8"><title>%b</title></head>
  <body><p>%b Go back: what you wrote should still be there.</p></body>
</html>
"""
REASONS = {
    400: b"This is not a whole request.",
    408: b"This took too long to arrive.",
    413: b"This is more than can be sent at once.",
}


class Channel(HTTPChannel):
    """One connection, from its first request to its last, or until it becomes a WebSocket."""

    abortTimeout = CUT_WITHIN
    # Browsers and proxies send some thirty. Each takes the loop 3 µs.
    maxHeaders = 100
    # It was refused, and what still comes is thrown away.
    is_refused = False
    # Nothing of the next request has come.
    _is_waiting = True

    @property
    def requestFactory(self) -> type["Request"]:
        return Request

    @requestFactory.setter
    def requestFactory(self, factory: Any) -> None:
        """Daphne's factory wants its own kind here."""

    @property
    def is_idle(self) -> bool:
        """Whether no request is on its way in or being answered."""
        return not self.requests

    def connectionMade(self) -> None:
        # Not Twisted's own minute first: to bring a timer forward it looks through those of all connections.
        self.timeOut = HEAD_WITHIN
        super().connectionMade()
        self.factory.server.channels.add(self)

    def connectionLost(self, reason: Any) -> None:
        self.factory.server.channels.discard(self)
        super().connectionLost(reason)

    def dataReceived(self, data: bytes) -> None:
        if self.is_refused:
            return
        if self._is_waiting:
            self._is_waiting = False
            self.setTimeout(HEAD_WITHIN)
        for begin in range(0, len(data), LOOK):
            # Twisted's own would start the time anew with every byte.
            LineReceiver.dataReceived(self, data[begin : begin + LOOK])
            # What Twisted refuses is not read on either: its rest would be the next request.
            if self.is_refused or self.transport.disconnecting:
                break

    def allHeadersReceived(self) -> None:
        if self.length is not None and self.length > BODY_LIMIT:
            self.refuse(413)
            return
        super().allHeadersReceived()
        if self.length != 0:
            self.setTimeout(BODY_WITHIN)

    def checkPersistence(self, request: Any, version: bytes) -> bool:
        is_last = self.factory.server.is_draining
        return not is_last and bool(super().checkPersistence(request, version))

    def rawDataReceived(self, data: bytes) -> None:
        if not self.is_refused:
            super().rawDataReceived(data)

    def allContentReceived(self) -> None:
        if not self.is_refused:
            super().allContentReceived()

    def writeHeaders(self, version: bytes, code: bytes, reason: bytes, headers: Any) -> None:
        is_last = b"close" in headers.getRawHeaders(b"Connection", [])
        if self.factory.server.is_draining or is_last:
            self.persistent = False
        if not self.persistent:
            headers.setRawHeaders(b"Connection", [b"close"])
        super().writeHeaders(version, code, reason, headers)

    def requestDone(self, request: Any) -> None:
        self._is_waiting = True
        self._savedTimeOut = IDLE_WITHIN
        super().requestDone(request)

    def timeoutConnection(self) -> None:
        if self._is_waiting or self.is_refused:
            super().timeoutConnection()
        else:
            self.refuse(408)

    def refuse(self, status: int, costs: int = REFUSED_COSTS) -> None:
        """Answer a request that is not read to its end, and close the connection.

        `costs` is what its address pays for it (discuss/server/gate.py).
        """
        self.is_refused = True
        if address := getattr(self.getPeer(), "host", ""):
            self.factory.server.charge(address, costs)
        page = PAGE % (RESPONSES[status], REASONS.get(status, b""))
        self.transport.writeSequence(
            [
                b"HTTP/1.1 %d %b\r\n" % (status, RESPONSES[status]),
                b"Connection: close\r\nContent-Type: text/html; charset=utf-8\r\n",
                b"Content-Length: %d\r\n\r\n" % len(page),
                page,
            ]
        )
        # To close while bytes come in would reset the connection, perhaps before the answer is read.
        self._networkProducer.unregisterProducer()
        self.transport.loseWriteConnection()
        self.setTimeout(None)
        self._abortingCall = self.callLater(CUT_WITHIN, self.forceAbortClient)

    def becomes_socket(self) -> None:
        """It is a WebSocket from here on."""
        self.factory.server.channels.discard(self)
        # Twisted waits for the request's answer here, which will never come: as long as the socket is open
        # its request would be kept, and then be left to the garbage collector.
        self.requests.clear()


class Request(WebRequest):
    """One request; where it asks for a WebSocket, the connection is handed over."""

    _begun = float("inf")
    _received = _crumbs = 0
    _is_handshake = False

    def gotLength(self, length: int | None) -> None:
        # Twisted would make a temporary file for every body whose length is not said.
        self.content = BytesIO()

    def handleContentChunk(self, data: bytes) -> None:
        self._received += len(data)
        self._crumbs += len(data) < CRUMB
        if self._received <= BODY_LIMIT and self._crumbs <= CRUMBS:
            super().handleContentChunk(data)
        elif not self.channel.is_refused:
            self.channel.refuse(413, CUT_COSTS if self._crumbs > CRUMBS else REFUSED_COSTS)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:
        # Twisted's own takes queries and forms apart, while all others wait, and nobody asks what it found.
        self.content.seek(0)
        self.method, self.uri, self.clientproto = command, path, version
        self.path = path.partition(b"?")[0]
        self.process()

    def process(self) -> None:
        self._begun = monotonic()
        # Daphne would believe anybody who says where the application is mounted.
        self.requestHeaders.removeHeader(b"daphne-root-path")
        hosts = self.requestHeaders.getRawHeaders(b"host") or []
        is_old = self.clientproto == b"HTTP/1.0"
        # https://www.rfc-editor.org/rfc/rfc9112#section-3.2
        if len(hosts) > 1 or not (hosts or is_old):
            self.channel.refuse(400)
            return
        if is_old:
            # To be ignored there: https://www.rfc-editor.org/rfc/rfc9110#section-7.8
            self.requestHeaders.removeHeader(b"upgrade")
        (upgrade, *_) = self.requestHeaders.getRawHeaders(b"upgrade") or [b""]
        self._is_handshake = upgrade.lower() == b"websocket"
        self.read_on()

    def read_on(self) -> None:
        """Begin to answer it, in a turn of one's own (discuss.server.turns)."""
        if self._disconnected or self.finished:
            return
        turns = handshakes if self._is_handshake else requests
        if not turns.take():
            turns.wait(self)
            return
        if self._is_handshake and self.server.is_draining:
            self.basic_error(503, b"Service Unavailable", "Restarting.")
            return
        super().process()
        if self.transport is None:
            self.channel.becomes_socket()

    def duration(self) -> float:
        # Daphne's clock is the one that can be set.
        return max(0.0, monotonic() - self._begun)

    def check_timeouts(self) -> None:
        # Called every 2 seconds.
        if self.finished or self._disconnected or self.duration() <= ANSWER_WITHIN:
            return
        path = self.path.decode("ascii", "replace")
        logger.warning("%.200r had no whole answer in %g seconds.", path, ANSWER_WITHIN)
        if self._response_started:
            # To finish would make half a page look whole.
            self.channel.forceAbortClient()
        else:
            self.basic_error(503, b"Service Unavailable", "This took too long.")
