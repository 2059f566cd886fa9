"""A reader that stops reading, and what the server holds for it."""

import base64
import json
import os
import socket
from pathlib import Path
from urllib.parse import urlsplit

from websockets.frames import Frame, Opcode

from tests.document import Document
from tests.faults.person import Person

# As little as the kernel allows: what is not read is to wait at the server's side.
RECEIVE_BUFFER = 4096
PATIENCE = 30.0
ESTABLISHED = "01"


class SlowReader:
    """It says where it stands, as a page does, and then reads nothing any more."""

    def __init__(self, person: Person, path: str, document: Document) -> None:
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        self._socket.settimeout(PATIENCE)
        self._socket.connect(person.address)
        self._socket.sendall(_handshake(person, path))
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self._socket.recv(1)
        assert answer.startswith(b"HTTP/1.1 101 "), answer
        self.port: int = self._socket.getsockname()[1]
        self._send(Opcode.TEXT, document.frame("resume-form", person.url).encode())

    def chatter(self) -> None:
        """Say something now and then, as one does whose other direction works."""
        try:
            self._send(Opcode.TEXT, json.dumps({"verb": "older", "oldest": 1}).encode())
            self._send(Opcode.PONG, b"")
        except OSError:
            # It was dropped: the test looks at the server's side.
            return

    def close(self) -> None:
        self._socket.close()

    def _send(self, opcode: Opcode, data: bytes) -> None:
        self._socket.sendall(Frame(opcode, data).serialize(mask=True))


def _handshake(person: Person, path: str) -> bytes:
    key = base64.b64encode(os.urandom(16)).decode()
    lines = (
        f"GET /ws{path} HTTP/1.1",
        f"Host: {urlsplit(person.url).netloc}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
        f"Origin: {person.url}",
        f"Cookie: {person.cookies}",
        "",
        "",
    )
    return "\r\n".join(lines).encode()


def held(server_port: int) -> dict[int, int]:
    """Return the other port of each connection that the server still has, to the kernel's unsent bytes."""
    connections = {}
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, remote, state, queues, *rest = line.split()
        inode = rest[4]
        if (
            int(local.partition(":")[2], 16) == server_port
            and state == ESTABLISHED
            and inode != "0"
        ):
            port = int(remote.partition(":")[2], 16)
            connections[port] = int(queues.partition(":")[0], 16)
    return connections


def resident(pid: int) -> int:
    """Return the memory, in bytes, that a process has in use."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) * 1024
