"""Daphne as DiscussIt runs it. Nothing outside this file knows Daphne's insides."""

from pathlib import Path
from typing import Any

from daphne.endpoints import build_endpoint_description_strings
from daphne.server import Server as DaphneServer
from daphne.ws_protocol import WebSocketProtocol

from discuss.live.viewer import CLOSE_OVERLOAD, CLOSE_TOO_BIG, FRAME_LIMIT

# Frames that may wait for the application before their sender is sent away.
FRAMES_WAITING = 100


class Socket(WebSocketProtocol):
    """A socket that can be closed with the codes that are a server's to send, and takes no flood."""

    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        # Daphne's queue has no bound. The page comes back, and what was not stored is still in its composer.
        if len(payload) > FRAME_LIMIT:
            self.serverClose(CLOSE_TOO_BIG)
        elif self.application_queue.qsize() >= FRAMES_WAITING:
            self.serverClose(CLOSE_OVERLOAD)
        else:
            super().onMessage(payload, isBinary)

    def serverClose(self, code: int | None = None) -> None:
        # Autobahn lets applications close with 1000 and 3000-4999 alone and raises for the rest, which
        # Daphne passes on. 1009, 1012 and 1013 are for servers (RFC 6455 section 7.4.1 and the registry
        # of section 11.7), and htmx comes back after 1012 and 1013 but not after ours.
        self.sendCloseFrame(code=1000 if code is None else code)


class Server(DaphneServer):
    """Serves `application` on one address or one unix socket, in this process, until it is told to stop.

    `client_header` is the one header that tells a request's address, where a proxy in front sets it; over
    a unix socket there is no other.
    """

    def __init__(
        self,
        application: Any,
        *,
        host: str = "",
        port: int | None = None,
        unix_socket: Path | None = None,
        client_header: str | None = None,
    ) -> None:
        if unix_socket is not None:
            endpoints = build_endpoint_description_strings(unix_socket=unix_socket)
        else:
            endpoints = build_endpoint_description_strings(host=host, port=port)
        super().__init__(
            application,
            endpoints=endpoints,
            proxy_forwarded_address_header=client_header,
            ready_callable=self._prepare,
            server_name="discussit",
        )
        self.has_failed = False

    def listen_error(self, failure: Any) -> None:
        self.has_failed = True
        super().listen_error(failure)

    def _prepare(self) -> None:
        # Daphne makes its factory when it runs, and calls this before it accepts anybody.
        self.ws_factory.protocol = Socket
