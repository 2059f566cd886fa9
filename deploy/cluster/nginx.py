"""nginx in front of the processes, with the locations that a real site has too."""

import os
import resource
import signal
import socket
from contextlib import suppress
from pathlib import Path

from deploy.cluster.daemon import (
    STOP_SECONDS,
    TOP,
    ClusterError,
    Daemon,
    find_program,
    wait_for,
)
from deploy.cluster.port import Port

# Two for each open page.
OPEN_FILES = 65536
TEMPLATE = Path(__file__).parent / "nginx.conf.in"


class Nginx(Daemon):
    """Listens on `port` of the loopback, and balances over `sockets`."""

    def __init__(self, folder: Path, sockets: list[Path], port: int | None = None) -> None:
        super().__init__("nginx", folder)
        self._program = find_program("nginx", "nginx")
        self._sockets = sockets
        self._port = None if port else Port()
        self.port = self._port.number if self._port else port
        self.url = f"http://127.0.0.1:{self.port}"
        self.config = folder / "nginx.conf"

    def command_line(self) -> list[str | Path]:
        self.write_config()
        # Errors before it has read where to log them.
        return [self._program, "-c", self.config, "-e", self.log]

    def write_config(self) -> None:
        """Write the configuration; `self.config` is its place."""
        words = {
            # As root nginx would give its workers a user that cannot reach the sockets here.
            "user": "user root;" if os.geteuid() == 0 else "",
            "folder": str(self.folder),
            "top": str(TOP),
            "port": str(self.port),
            "open_files": str(min(OPEN_FILES, resource.getrlimit(resource.RLIMIT_NOFILE)[1])),
            "servers": "\n".join(
                f"        server unix:{path} max_fails=0;" for path in self._sockets
            ),
        }
        text = TEMPLATE.read_text()
        for word, value in words.items():
            text = text.replace(f"@{word}@", value)
        self.config.write_text(text)

    def is_ready(self) -> bool:
        # Its pid file comes after it listens; somebody else may have the port.
        with suppress(FileNotFoundError, ConnectionRefusedError):
            if (self.folder / "nginx.pid").read_text().strip() == str(self.pid):
                socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
                return True
        return False

    def reload(self) -> None:
        """Let new workers read the configuration; old ones stay as long as they have connections."""
        before = set(self.children())
        self.send(signal.SIGHUP)
        if not wait_for(lambda: bool(set(self.children()) - before), STOP_SECONDS):
            raise ClusterError(f"nginx did not reload:\n{self.words()}")
