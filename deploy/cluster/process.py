"""One process of DiscussIt, on a unix socket of its own."""

import http.client
import resource
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from deploy.cluster.daemon import TOP, Daemon

# As in the systemd unit: each open page is a file.
OPEN_FILES = 65536


class Process(Daemon):
    """`manage.py serve` with `environment`, which may be changed before a start."""

    def __init__(self, number: int, folder: Path, environment: dict[str, str]) -> None:
        super().__init__(f"discussit-{number}", folder)
        self.socket = folder / f"{self.name}.sock"
        self.environment = dict(environment)

    def command_line(self) -> list[str | Path]:
        return [sys.executable, "manage.py", "serve", "--unix-socket", self.socket]

    def options(self) -> dict[str, Any]:
        return {"cwd": TOP, "env": self.environment}

    def begin(self) -> None:
        # One that was killed leaves its socket and its lock, which holds an id that may be another's now.
        for leftover in (self.socket, Path(f"{self.socket}.lock")):
            leftover.unlink(missing_ok=True)
        super().begin()
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        with suppress(ProcessLookupError):
            resource.prlimit(self.pid, resource.RLIMIT_NOFILE, (min(OPEN_FILES, most), most))

    def is_ready(self) -> bool:
        """Return whether its own /readyz says so, without nginx in between."""
        return self.get("/readyz") == 200

    def get(self, path: str) -> int | None:
        """Return the status of a page, asked for over the process's own socket; None without an answer."""
        connection = _UnixConnection(self.socket)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("127.0.0.1", timeout=10)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))
