"""Daphne as DiscussIt runs it. Nothing outside of this package knows Daphne's insides.

`server` runs it, `drain` ends it; `web` is a connection that asks for pages, `sockets` one that became a
WebSocket, made of `frames` and with an `inbox`; `listening` is where they come in. `collector` looks after
memory. `sole` sees that a process is alone, where it has to be.
"""

from discuss.server.server import Server

__all__ = ["Server"]
