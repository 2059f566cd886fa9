"""A port of the loopback that is kept for one program, also before it starts and while it restarts."""

import os
import socket
import weakref


class Port:
    """Keeps `number` from everybody else for as long as this object lives.

    A bound socket that does not listen holds it: the kernel then gives the number to nobody who asks for any
    free port, nor to an outgoing connection. A program that listens there has to set SO_REUSEADDR, as servers
    do (socket(7)). Until one listens, connections are refused.
    """

    def __init__(self) -> None:
        with socket.socket() as holder:
            holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            holder.bind(("127.0.0.1", 0))
            self.number = int(holder.getsockname()[1])
            weakref.finalize(self, os.close, holder.detach())
