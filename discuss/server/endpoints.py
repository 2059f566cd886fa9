"""Where connections come in: an address or a unix socket, and how to stop taking them."""

import contextlib
import re
import socket
from pathlib import Path
from time import monotonic

from twisted.internet import main, tcp
from twisted.python.failure import Failure

# Connections that may wait to be taken, as after a restart when everybody returns at once; the kernel's
# own limit is net.core.somaxconn.
BACKLOG = 4096
# Connections that are taken in a turn of the event loop, at least, and in a second while more are waiting.
# To become a WebSocket costs 1 ms: 40 at once would keep everybody waiting (bench.attacks: empty_parts).
TAKEN_A_TURN = 4
TAKEN_A_SECOND = 1000
# Of a unix socket: for its owner and group, the proxy's among them.
SOCKET_MODE = 0o660


def tcp_endpoint(host: str, port: int) -> str:
    """Describe an address to Twisted."""
    return f"tcp:port={port}:interface={_quoted(host)}:backlog={BACKLOG}"


def look(host: str, port: int) -> None:
    """Raise OSError where nothing could listen on this address, as where something else does already."""
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    with socket.socket(family, kind, protocol) as probe:
        # As Twisted does: what connections of before left behind is in nobody's way.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)


def unix_endpoint(path: Path) -> str:
    """Describe a unix socket to Twisted."""
    # Not with Twisted's lock file: it holds a process's id, which in containers is the same for all, so
    # that the lock of a killed one would never clear.
    address = _quoted(str(path))
    return f"unix:address={address}:mode={SOCKET_MODE:o}:backlog={BACKLOG}:lockfile=0"


def clear(path: Path) -> None:
    """Remove the socket of a process that was killed; one that somebody listens on stays."""
    if not path.is_socket():
        return
    with socket.socket(socket.AF_UNIX) as probe, contextlib.suppress(OSError):
        probe.setblocking(False)
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()


def take_few(port: tcp.Port) -> None:
    """Have a port take few connections in a turn of the event loop; more wait in the backlog."""
    take = port.doRead
    # When it last took connections, if more were waiting.
    since: float | None = None

    def take_a_few() -> None:
        nonlocal since
        now = monotonic()
        # Turns are long where there is much to do, and then connections would have to wait for ever.
        due = 0 if since is None else int((now - since) * TAKEN_A_SECOND)
        most = max(TAKEN_A_TURN, due)
        port.numberAccepts = most
        take()
        # Twisted would take more the next time where all of these were there.
        since = now if port.numberAccepts > most else None

    port.doRead = take_a_few


def stop_listening(port: tcp.Port) -> None:
    """Take what has connected so far, and nothing more."""
    # Twisted's own stopListening() closes a turn of the loop later, and what is in the backlog by then is
    # reset: a form that a proxy has sent already would be lost. A unix socket is first hidden.
    address = port.getHost()
    port.stopReading()
    if hasattr(address, "name"):
        with contextlib.suppress(OSError):
            Path(address.name.decode()).unlink()
    port.numberAccepts = BACKLOG + 1
    tcp.Port.doRead(port)
    # Not a unix port's own, which wants to remove the file that is gone.
    tcp.Port.connectionLost(port, Failure(main.CONNECTION_DONE))


def _quoted(text: str) -> str:
    return re.sub(r"([\\:=])", r"\\\1", text)
