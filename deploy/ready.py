"""Ask one process of DiscussIt whether it is ready, without the proxy: `python -m deploy.ready SOCKET`.

The exit code is 0 when it is. A container's health check and deploy/rolling-restart ask so; it needs nothing
but Python.
"""

import http.client
import socket
import sys
from pathlib import Path

# Seconds; a process that takes longer is not ready.
ANSWER_SECONDS = 10.0


def is_ready(path: Path) -> bool:
    """Return whether /readyz answers 200 over the unix socket `path`."""
    return ask(path, "/readyz") == 200


def ask(path: Path, page: str) -> int | None:
    """Return the status of a page, or None where nobody answers."""
    connection = _UnixConnection(path)
    try:
        connection.request("GET", page)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        # The name is for the Host header; the loopback's is always allowed.
        super().__init__("127.0.0.1", timeout=ANSWER_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(ANSWER_SECONDS)
        self.sock.connect(str(self._path))


if __name__ == "__main__":
    sys.exit(0 if is_ready(Path(sys.argv[1])) else 1)
