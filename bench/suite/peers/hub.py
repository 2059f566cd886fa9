"""DiscussIt without its database and its own server: one hub of Channels consumers, on Daphne."""

import sys
from pathlib import Path
from typing import Any

from bench.suite.peers.peer import Peer
from tests.server import TOP


class Hub(Peer):
    title = "a raw relay hub (Channels consumers, Daphne)"

    def command_line(self) -> list[str | Path]:
        daphne = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(self.port)]
        return [*daphne, "bench.suite.peers.hub_site:application"]

    def options(self) -> dict[str, Any]:
        return {"cwd": TOP}
