"""What is read when: so many frames of all sockets, and so many requests, in a turn of the event loop."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Protocol

# Frames that are read before everything else gets its turn: about 0.2 ms of work, however many sockets send.
FRAMES_A_TURN = 20
# Requests that are begun: about 2 ms. Answers that wait for no thread, such as those of /healthz, would keep
# everybody waiting for as long as there are connections (bench.attacks: requests).
REQUESTS_A_TURN = 2


class Reader(Protocol):
    """A socket that has frames to read, or a request that has come."""

    def read_on(self) -> None:
        """Read, and ask to wait where the turn is over first."""


class Turns:
    """Has `most()` be read in a turn, in the order in which it came; who has more waits behind the others."""

    def __init__(self, most: Callable[[], int]) -> None:
        self._most = most
        self._left = 0
        self._waiting: deque[Reader] = deque()
        # The next turn is asked for.
        self._is_asked = False

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
            self._left = self._most()
            asyncio.get_running_loop().call_soon(self._begin)

    def _begin(self) -> None:
        self._is_asked = False
        while self._waiting and not (self._is_asked and self._left <= 0):
            self._waiting.popleft().read_on()


frames = Turns(lambda: FRAMES_A_TURN)
requests = Turns(lambda: REQUESTS_A_TURN)
