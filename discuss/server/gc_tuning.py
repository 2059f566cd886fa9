"""The garbage collector: it would stop the process for most of a second to look at ten thousand pages."""

import gc

# Sockets that have been opened before what there is now is set aside.
FREEZE_EVERY = 200
# Sockets that have been opened before what was set aside is looked at once more: so many, and so many times
# those that are open, because a look takes longer the more there is.
THAW_EVERY = 10_000
THAW_EACH = 10
# Open sockets from which on it would take too long: that waits for a quieter hour.
THAW_UP_TO = 2_000


class Collector:
    """Sets aside what lives long, so that a full collection looks at little else than what is new.

    What is set aside goes all the same when the last reference to it does, and a socket leaves no cycles
    behind. But a request does, small ones: those that are under way at that very moment stay until the next
    look at everything.
    """

    def __init__(self) -> None:
        # Since what there is was set aside, and since all of it was looked at.
        self._opened = self._opened_since_thaw = 0

    def begin(self) -> None:
        """Set aside what was loaded at the start: it stays for ever."""
        gc.collect()
        gc.freeze()

    def count(self) -> None:
        """One more socket was opened."""
        self._opened += 1

    def tidy(self, open_sockets: int) -> None:
        """Set aside the sockets that were opened, if they are many; what is dead goes first."""
        if self._opened < FREEZE_EVERY:
            return
        self._opened_since_thaw += self._opened
        self._opened = 0
        is_due = self._opened_since_thaw >= max(THAW_EVERY, THAW_EACH * open_sockets)
        if is_due and open_sockets <= THAW_UP_TO:
            self._opened_since_thaw = 0
            gc.unfreeze()
        # All generations, else what is dead already would be kept; but for the look at everything, they hold
        # what came since the last time.
        gc.collect()
        gc.freeze()
