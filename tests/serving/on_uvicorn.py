"""The real application on uvicorn, as a test can use it.

    python -m tests.serving.on_uvicorn

serves on PORT, with little room in the kernel for what nobody reads, so that a test soon fills it.
"""

import os
import socket
from typing import override

import uvicorn
from uvicorn._types import ASGISendEvent
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

# Bytes. Set by hand it does not grow (tcp(7)), and what is accepted inherits it.
SEND_BUFFER = 32 * 1024


class OneAnswer(WebSocketsSansIOProtocol):
    """A handshake is answered once.

    When uvicorn 0.54 ends, it answers what waits in a handshake with a 500, and lets the application go on,
    whose own answer then fails with an AssertionError. Here the application hears that nobody is there.
    """

    is_refused = False

    @override
    def shutdown(self) -> None:
        super().shutdown()
        self.is_refused = not self.handshake_complete

    @override
    async def send(self, message: ASGISendEvent) -> None:
        if self.is_refused:
            raise ClientDisconnected
        await super().send(message)

    @override
    def send_500_response(self) -> None:
        if not self.is_refused:
            super().send_500_response()


def main() -> None:
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        listening.bind(("127.0.0.1", int(os.environ["PORT"])))
        config = uvicorn.Config(
            "project.asgi:application",
            ws=OneAnswer,
            # A reader that stops reading sends no pong, and is not to be closed for that.
            ws_ping_interval=None,
            # Ours compresses nothing over a socket. And one letter many times over would fill no buffer.
            ws_per_message_deflate=False,
        )
        uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
