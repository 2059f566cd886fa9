"""What all peers are: relays on the loopback, without people and without a database."""

import socket
from contextlib import suppress
from pathlib import Path

from bench.suite.crowd import Crowd
from deploy.cluster.daemon import Daemon
from deploy.cluster.port import Port


class Peer(Daemon):
    """A server that passes on what a page sends to every page of its room, the sender's among them.

    Its frames are as large as DiscussIt's are: `frame_bytes`, with the frame's own header.
    """

    title: str
    path = "/rooms/%r"
    # What a page sends; %s is the body.
    template = "%s"
    # Bytes of the frame of a delivery besides the body: its header (RFC 6455 section 5.2), and what the
    # server puts around a body.
    around = 4

    def __init__(self, folder: Path, frame_bytes: int) -> None:
        super().__init__(type(self).__name__.lower(), folder)
        self._port = Port()
        self.port = self._port.number
        self.frame_bytes = frame_bytes

    def load(self, crowd: Crowd) -> list[str]:
        """Return what wsload is told to open the pages of this crowd."""
        processes = [f"process{number}:{pid}" for number, pid in enumerate(self.processes())]
        return [
            *("--port", str(self.port), "--path", self.path),
            *("--rooms", str(crowd.groups), "--conns", str(crowd.pages)),
            *("--template", self.template, "--body-bytes", str(self.frame_bytes - self.around)),
            *(word for process in processes for word in ("--pid", process)),
        ]

    def processes(self) -> list[int]:
        """Return the ids of the processes whose CPU and memory count."""
        return [self.pid]

    def is_ready(self) -> bool:
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
            return True
        return False
