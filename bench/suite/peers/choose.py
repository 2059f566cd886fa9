"""The list of peers, and which of them can be had on this machine."""

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from bench.suite.peers.broadcast import Broadcast
from bench.suite.peers.hub import Hub
from bench.suite.peers.nchan import Nchan
from bench.suite.peers.node import SocketIo, Ws
from bench.suite.peers.peer import Peer
from bench.suite.peers.relay import Relay
from bench.suite.peers.tutorial import Tutorial
from deploy.cluster import ClusterError

if TYPE_CHECKING:
    from bench.suite.runner import Runner


def tutorial(layer: str) -> "Callable[[Runner], Peer]":
    def make(runner: "Runner") -> Peer:
        redis_url = "" if layer == "memory" else runner.redis_url
        return Tutorial(runner.folder, runner.frame_bytes, layer, redis_url)

    return make


PEERS: "dict[str, Callable[[Runner], Peer]]" = {
    "tutorial-memory": tutorial("memory"),
    "tutorial-core": tutorial("core"),
    "tutorial-pubsub": tutorial("pub/sub"),
    "websockets": lambda runner: Broadcast(runner.folder, runner.frame_bytes),
    "socket.io": lambda runner: SocketIo(runner.folder, runner.frame_bytes),
    "ws": lambda runner: Ws(runner.folder, runner.frame_bytes),
    "nchan": lambda runner: Nchan(runner.folder, runner.frame_bytes),
    "hub": lambda runner: Hub(runner.folder, runner.frame_bytes),
    "relay": lambda runner: Relay(runner.folder, runner.frame_bytes),
}


class Peers:
    """The peers that were asked for, each made when a case first wants it."""

    def __init__(self, runner: "Runner", asked: Collection[str]) -> None:
        self._runner = runner
        self._asked = asked
        self._made: dict[str, Peer | None] = {}

    def of(self, *names: str) -> dict[str, Peer]:
        """Return those of these that are there, by name; for each that is missing there is a note."""
        found = {name: self._make(name) for name in names if name in self._asked}
        return {name: peer for name, peer in found.items() if peer is not None}

    def _make(self, name: str) -> Peer | None:
        if name not in self._made:
            try:
                self._made[name] = PEERS[name](self._runner)
            except ClusterError as error:
                self._made[name] = None
                self._runner.note(f"The peer {name} is left out", error)
        return self._made[name]
