"""What long work leaves to others between two of its steps."""

import time

# Seconds between two steps, at least.
PAUSE = 0.02


def pause_after(begin: float) -> float:
    """Return the seconds that others get after a step that began then, by the monotonic clock.

    Whoever waits for an SQLite looks for its lock now and then, so it has to be free half of the time.
    """
    return max(PAUSE, time.monotonic() - begin)
