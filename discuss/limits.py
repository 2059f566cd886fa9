"""How often one person may do what, in this process.

Each kind of act has a bucket of tokens per person that fills up at a steady pace: an act takes one, and is
refused where there is none. The setting RATE_LIMITS lifts all of them. Staff act in the admin without them.
"""

import math
import threading
from time import monotonic
from typing import NamedTuple

from django.conf import settings


class Rate(NamedTuple):
    """So many at once, and then one for so many seconds each."""

    burst: int
    seconds: float


RATES = {
    "post": Rate(20, 1 / 5),
    # To join and to leave: each is a line in a log that is others' too.
    "membership": Rate(10, 60 / 10),
    "group": Rate(10, 3600 / 10),
    "older": Rate(10, 1 / 5),
    "lobby": Rate(10, 1 / 5),
    # Whoever goes on and on is sent away.
    "refusal": Rate(100, 1 / 10),
}
# Open pages of one person.
PAGES = 20
TOO_MANY_PAGES = (
    f"You have {PAGES} pages open already. Close some of them, and this one goes on by itself."
)

# Seconds that sums of seconds may be off.
ROUNDING = 1e-6
# Buckets that are looked through for full ones, which need not be kept.
KEPT = 10_000


class Limits:
    """The buckets. Its methods may be called in any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # When each bucket will be full again (a "theoretical arrival time", ITU-T I.371, annex A).
        self._full_at: dict[tuple[str, int], float] = {}
        # How many there may be before they are looked through again.
        self._most = KEPT

    def take(self, kind: str, user_id: int) -> float:
        """Take a token and return 0, or where there is none the seconds until there is one."""
        if not settings.RATE_LIMITS:
            return 0.0
        burst, seconds = RATES[kind]
        with self._lock:
            now = monotonic()
            full_at = max(now, self._full_at.get((kind, user_id), now)) + seconds
            wait = full_at - now - burst * seconds
            if wait > ROUNDING:
                return wait
            self._full_at[kind, user_id] = full_at
            if len(self._full_at) > self._most:
                self._full_at = {key: at for key, at in self._full_at.items() if at > now}
                self._most = max(KEPT, 2 * len(self._full_at))
            return 0.0

    def refusal(self, kind: str, user_id: int) -> str:
        """Take a token, and return what to tell a person where there is none."""
        wait = self.take(kind, user_id)
        return too_fast(wait) if wait else ""

    def are_full(self, open_pages: int) -> bool:
        """Whether somebody with so many open pages may have no more."""
        return settings.RATE_LIMITS and open_pages >= PAGES


def too_fast(wait: float) -> str:
    """Return what to tell a person who has to wait for so many seconds."""
    seconds = math.ceil(wait)
    shown = "1 second" if seconds == 1 else f"{seconds} seconds"
    return f"That was too much at once. Try again in {shown}."


limits = Limits()
