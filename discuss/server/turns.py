"""What is read when: so many frames of all sockets, and so many requests, in a turn of the event loop."""

import asyncio
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import Protocol

from discuss.server.endpoints import TAKEN_A_SECOND, TAKEN_A_TURN

# Frames that are read before everything else gets its turn: about 0.2 ms of work, however many sockets send.
FRAMES_A_TURN = 20
# Requests that are begun, at least, and in a second while more are waiting. Else everybody would be kept
# waiting by as many as there are connections (bench.attacks: requests).
REQUESTS_A_TURN = 2
REQUESTS_A_SECOND = 500
# Handshakes: as many as connections are taken (discuss/server/endpoints.py). Some were opened before.
HANDSHAKES_A_TURN = TAKEN_A_TURN
HANDSHAKES_A_SECOND = TAKEN_A_SECOND


class Reader(Protocol):
    """A socket that has frames to read, or a request that has come."""

    def read_on(self) -> None:
        """Read, and ask to wait where the turn is over first."""


class Turns:
    """Has some be read in a turn, in the order in which they came; who has more waits behind the others."""

    def __init__(self, most: Callable[[], int], a_second: int = 0) -> None:
        """`most()` are read in a turn, and where turns are long as many as come to `a_second`."""
        self._most, self._a_second = most, a_second
        self._left = 0
        self._waiting: deque[Reader] = deque()
        # The next turn is asked for.
        self._is_asked = False
        # When the latest turn was over, if some were waiting then.
        self._since: float | None = None

    def take(self) -> bool:
        """Count one, and say whether it may be read in this turn."""
        self._ask()
        self._left -= 1
        return self._left >= 0

    def wait(self, reader: Reader) -> None:
        """Have this one read on when it is its turn."""
        self._ask()
        self._waiting.append(reader)

    def _ask(self) -> None:
        if not self._is_asked:
            self._is_asked = True
            since = 0.0 if self._since is None else monotonic() - self._since
            self._left = max(self._most(), int(since * self._a_second))
            asyncio.get_running_loop().call_soon(self._begin)

    def _begin(self) -> None:
        self._is_asked = False
        while self._waiting and not (self._is_asked and self._left <= 0):
            self._waiting.popleft().read_on()
        self._since = monotonic() if self._waiting else None


frames = Turns(lambda: FRAMES_A_TURN)
requests = Turns(lambda: REQUESTS_A_TURN, REQUESTS_A_SECOND)
handshakes = Turns(lambda: HANDSHAKES_A_TURN, HANDSHAKES_A_SECOND)
