"""uvicorn, with little room in the kernel for what nobody reads, so that a test soon fills it.

    python -m tests.serving.narrow

serves the real application on PORT.
"""

import os
import socket

import uvicorn

# Bytes. Set by hand it does not grow (tcp(7)), and what is accepted inherits it.
SEND_BUFFER = 32 * 1024


def main() -> None:
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        listening.bind(("127.0.0.1", int(os.environ["PORT"])))
        config = uvicorn.Config(
            "project.asgi:application",
            # A reader that stops reading sends no pong, and is not to be closed for that.
            ws_ping_interval=None,
            # Ours compresses nothing over a socket. And one letter many times over would fill no buffer.
            ws_per_message_deflate=False,
        )
        uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
