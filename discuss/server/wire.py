"""A frame as it goes over the wire, made once for everybody who is sent it."""

import struct
from typing import Protocol

# RFC 6455 section 5.2: the last frame of a message (FIN), and what it holds.
TEXT = 0x81
BINARY = 0x82


class Prepared:
    """A text for many sockets, and its bytes on the wire.

    A server's frames are not masked (RFC 6455 section 5.1), so they are the same for all.
    """

    __slots__ = ("text", "wire")

    def __init__(self, text: str) -> None:
        self.text = text
        self.wire = to_wire(text.encode())


class PreparedSend(Protocol):
    """What a server offers in a socket's scope, as the extension EXTENSION: to take frames as they are.

    In one order with what goes through `send`, and never waiting. A reader that is too slow for it is
    the server's to close.
    """

    def write(self, wire: bytes) -> None:
        """Send whole frames; after the socket has closed, nothing."""

    @property
    def unsent(self) -> int:
        """How many bytes wait in this process for the other side to read."""


EXTENSION = "discuss.prepared"


def to_wire(payload: bytes, kind: int = TEXT) -> bytes:
    """Return the payload in a frame of its own (RFC 6455 section 5.2), in 2, 4 or 10 bytes more."""
    size = len(payload)
    if size < 126:
        return bytes((kind, size)) + payload
    if size < 2**16:
        return struct.pack("!BBH", kind, 126, size) + payload
    return struct.pack("!BBQ", kind, 127, size) + payload
