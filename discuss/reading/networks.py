"""The blocked networks of this process: read and made ready once, so that a request asks no database.

They are read by discuss/live/networks.py: at the start, at a bell, and from time to time; and by whoever asks
first, where there is no hub.
"""

import ipaddress
import threading
import time
from typing import NamedTuple

from django.utils import timezone

from discuss.models import BlockedNetwork
from discuss.rules.networks import Bars, Blocked, Networks

# The keys of all rows. They stay as they are, and no key comes again. Their number and the highest one are
# not enough: of two that are written at a time, the lower may come later.
type Signature = tuple[int, ...]


class Known(NamedTuple):
    signature: Signature
    all: Networks
    # Those from which nobody comes in at all.
    of_entrance: Networks


class KnownNetworks:
    """Which networks are blocked. Any thread may ask, and the event loop once they are known."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: Known | None = None

    @property
    def is_known(self) -> bool:
        """Whether they were read yet."""
        return self._known is not None

    def bars_entrance(self, address: str) -> Blocked | None:
        """Return the block by which nobody comes in from this address."""
        return (self._known or self.renew()).of_entrance.find(address, time.time())

    def bars_sign_ups(self, address: str) -> Blocked | None:
        """Return a block by which nobody signs up from this address."""
        return (self._known or self.renew()).all.find(address, time.time())

    def renew(self) -> Known:
        """Read them, where they are others than those that are known."""
        with self._lock:
            signature, known = _signature(), self._known
            if known is None or known.signature != signature:
                known = self._known = _read()
            return known

    def forget(self, *, is_none: bool = False) -> None:
        """Know nothing any more; or for tests, that there are none."""
        self._known = Known((), Networks(()), Networks(())) if is_none else None


known_networks = KnownNetworks()


def _signature() -> Signature:
    return tuple(BlockedNetwork.objects.order_by("pk").values_list("pk", flat=True))


def _read() -> Known:
    # One statement says what the rows are and their signature: between two, one of them may be written.
    stored = BlockedNetwork.objects.order_by("pk")
    rows = list(stored.values_list("pk", "network", "bars", "until"))
    signature = tuple(pk for pk, *_ in rows)
    now = timezone.now()
    blocked = [
        (bars, Blocked(pk, ipaddress.ip_network(network), until.timestamp() if until else None))
        for pk, network, bars, until in rows
        if until is None or until > now
    ]
    entrance = Networks(each for bars, each in blocked if bars == Bars.ENTRANCE)
    return Known(signature, Networks(each for _, each in blocked), entrance)
