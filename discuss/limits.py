"""How often one person, one browser or one address may do what.

Each kind of act has a bucket of tokens for each of them, which fills up at a steady pace. An act takes a
token; where there is none, it is refused, or waits for the next (`reserve`). The setting RATE_LIMITS has the
sizes; a kind without an entry has no limit. What staff do in the admin is counted as requests alone.

Each process keeps its own buckets. Its rings tell the other processes what was taken (discuss.doorbell),
so that all of them count together within seconds, and no act waits for another machine.
"""

import contextlib
import ipaddress
import math
import threading
from collections import Counter
from collections.abc import Iterable
from time import monotonic
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.formats import localize
from django.utils.functional import lazy
from django.utils.translation import gettext, ngettext

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# Seconds that sums of seconds may be off.
ROUNDING = 1e-6
# Buckets that are looked through for full ones, which need not be kept.
KEPT = 10_000
# Buckets that one ring tells of.
TOLD = 1_000
# The part of a bucket that may be taken before the other processes are told.
QUIET = 0.25
# What an address pays, in connections, for one that had to be cut (discuss.server.websocket).
CUT_COSTS = 20

Who = int | str


class Limits:
    """The buckets. Its methods may be called in any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # When each bucket will be full again (a "theoretical arrival time", ITU-T I.371, annex A).
        self._full_at: dict[tuple[str, Who], float] = {}
        # How many there may be before they are looked through again.
        self._most = KEPT
        # Tokens taken of which the other processes do not know.
        self._untold: Counter[tuple[str, Who]] = Counter()

    def take(self, kind: str, who: Who) -> float:
        """Take a token and return 0, or where there is none the seconds until there is one.

        `who` is a person's key, or an address (`source`).
        """
        wait, is_taken = self._take(kind, who, 0.0)
        return 0.0 if is_taken else wait

    def reserve(self, kind: str, who: Who, within: float) -> float | None:
        """Take the next token that there is, and return the seconds until it is there.

        Where these are more than `within`, it takes none and returns None.
        """
        wait, is_taken = self._take(kind, who, within)
        return wait if is_taken else None

    def charge(self, kind: str, who: Who, tokens: int) -> None:
        """Take so many tokens, more than there are if need be; at most as many again as a bucket holds."""
        if kind not in settings.RATE_LIMITS:
            return
        burst, seconds = settings.RATE_LIMITS[kind]
        with self._lock:
            now = monotonic()
            before = max(now, self._full_at.get((kind, who), now))
            full_at = min(before + tokens * seconds, now + 2 * burst * seconds)
            # Of those that wait for theirs more may be taken than that.
            self._keep(kind, who, max(before, full_at), now)

    def untold(self) -> list[tuple[str, Who, int]]:
        """Return what was taken since this was asked last, for the other processes to `hear`."""
        with self._lock:
            taken, self._untold = self._untold, Counter()
        return [(kind, who, tokens) for (kind, who), tokens in taken.items()]

    def hear(self, taken: Iterable[tuple[str, Who, int]]) -> None:
        """Count what was taken in another process. One of another version may tell it otherwise."""
        with contextlib.suppress(TypeError, ValueError):
            for kind, who, tokens in taken:
                self.charge(kind, who, tokens)

    def refusal(self, kind: str, user_id: int) -> "str | _StrPromise":
        """Take a token, and return what to tell a person where there is none."""
        wait = self.take(kind, user_id)
        return too_fast(wait) if wait else ""

    def are_full(self, open_pages: int) -> bool:
        """Whether somebody with so many open pages may have no more."""
        return bool(settings.RATE_LIMITS) and open_pages >= settings.PAGES_PER_PERSON

    def _take(self, kind: str, who: Who, within: float) -> tuple[float, bool]:
        """Return the seconds until there is a token, and whether it was taken: one that is there so soon."""
        if kind not in settings.RATE_LIMITS:
            return 0.0, True
        burst, seconds = settings.RATE_LIMITS[kind]
        with self._lock:
            now = monotonic()
            full_at = max(now, self._full_at.get((kind, who), now)) + seconds
            wait = max(0.0, full_at - now - burst * seconds)
            if wait > within + ROUNDING:
                return wait, False
            self._keep(kind, who, full_at, now)
            if full_at - now > QUIET * burst * seconds + ROUNDING and len(self._untold) < TOLD:
                self._untold[kind, who] += 1
            return wait, True

    def _keep(self, kind: str, who: Who, full_at: float, now: float) -> None:
        self._full_at[kind, who] = full_at
        if len(self._full_at) > self._most:
            self._full_at = {key: at for key, at in self._full_at.items() if at > now}
            self._most = max(KEPT, 2 * len(self._full_at))


def source(address: str) -> str:
    """Return whom an address stands for: of IPv6 one customer has a network of 64 bits (RFC 6177)."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return address
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False).network_address)


def spoken(wait: float) -> str:
    """Return so many seconds in words, never less than they are."""
    seconds = math.ceil(wait)
    if seconds < 100:
        return ngettext("%(n)s second", "%(n)s seconds", seconds) % {"n": localize(seconds)}
    minutes = math.ceil(seconds / 60)
    return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": localize(minutes)}


def _too_fast(wait: float) -> str:
    return gettext("That was too much at once. Try again in %(time)s.") % {"time": spoken(wait)}


def _too_many_pages() -> str:
    most = settings.PAGES_PER_PERSON
    return ngettext(
        "You have %(n)s page open already. Close it, and this one goes on by itself.",
        "You have %(n)s pages open already. Close some of them, and this one goes on by itself.",
        most,
    ) % {"n": localize(most)}


# What to tell a person who has to wait for so many seconds, and one who has as many open pages as they may.
too_fast = lazy(_too_fast, str)
too_many_pages = lazy(_too_many_pages, str)

limits = Limits()
