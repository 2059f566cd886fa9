"""Daphne as DiscussIt runs it. Nothing outside of this package knows Daphne's insides.

`server` runs it, and `drain` ends it. Connections come in by `endpoints` and `gate`. One that asks for pages
is in `http`; one that became a WebSocket is in `websocket`, reads by `incoming` and has a `receive_queue`.
What a frame is on the wire stands in `wire`, close codes in `protocol`. `gc_tuning` looks after memory, and
`single_process` sees that a process is alone where it has to be.
"""

from discuss.server.server import Server

__all__ = ["Server"]
