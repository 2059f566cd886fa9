"""Whose frames are read when: of all sockets together so many in a turn of the event loop."""

import asyncio
from collections import deque
from typing import Protocol

# Frames that are read before everything else gets its turn: about 0.2 ms of work, however many sockets send.
FRAMES_A_TURN = 20


class Reader(Protocol):
    """A socket that has frames to read."""

    def read_on(self) -> None:
        """Read, and ask to wait where the turn is over first."""


class Turns:
    """Has sockets read in the order in which they came; who has more waits behind the others."""

    def __init__(self) -> None:
        self._left = 0
        self._waiting: deque[Reader] = deque()
        # The next turn is asked for.
        self._is_asked = False

    def take(self) -> bool:
        """Count a frame, and say whether it may be read in this turn."""
        self._ask()
        self._left -= 1
        return self._left >= 0

    def wait(self, reader: Reader) -> None:
        """Have this socket read on when it is its turn."""
        self._ask()
        self._waiting.append(reader)

    def _ask(self) -> None:
        if not self._is_asked:
            self._is_asked = True
            self._left = FRAMES_A_TURN
            asyncio.get_running_loop().call_soon(self._begin)

    def _begin(self) -> None:
        self._is_asked = False
        while self._waiting and not (self._is_asked and self._left <= 0):
            self._waiting.popleft().read_on()


turns = Turns()
