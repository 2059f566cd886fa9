"""The garbage collector: it would stop the process for most of a second to look at ten thousand pages."""

import gc

# Sockets that have been opened before what there is now is set aside.
FREEZE_EVERY = 200


class Collector:
    """Sets aside what lives long, so that a full collection looks at little else than what is new.

    What is set aside goes all the same when the last reference to it does, and a socket leaves no cycles
    behind. Only a cycle that is alive at that very moment, such as a form that is being read, would stay:
    some kB at most for every FREEZE_EVERY sockets.
    """

    def __init__(self) -> None:
        self._opened = 0

    def begin(self) -> None:
        """Set aside what was loaded at the start: it stays for ever."""
        gc.collect()
        gc.freeze()

    def count(self) -> None:
        """One more socket was opened."""
        self._opened += 1

    def tidy(self) -> None:
        """Set aside the sockets that were opened, if they are many; what is dead goes first."""
        if self._opened >= FREEZE_EVERY:
            self._opened = 0
            # All generations, else what is dead already would be kept; they hold what came since the last
            # time and not more.
            gc.collect()
            gc.freeze()
