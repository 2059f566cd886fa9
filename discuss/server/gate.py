"""How many connections one address may open, before anything of them is read.

To refuse one here costs about 0.1 ms; a handshake that the application refuses costs 1 ms.
"""

from time import monotonic

# Connections that an address may open at once, and in a second: a browser opens six for a page.
CONNECTIONS_AT_ONCE = 1000
CONNECTIONS_A_SECOND = 100
# What an address pays, in connections, for a socket that was cut or a body in crumbs, and for a handshake or
# a request that was refused.
CUT_COSTS = 50
REFUSED_COSTS = 10
# Addresses that are looked through for those which need not be kept.
KEPT = 10_000


class Gate:
    """Counts the connections of each address."""

    def __init__(self) -> None:
        # When each address may open CONNECTIONS_AT_ONCE again.
        self._free_at: dict[str, float] = {}
        self._most = KEPT

    def lets_in(self, address: str) -> bool:
        """Count a connection, and say whether it is let in."""
        now = monotonic()
        free_at = max(now, self._free_at.get(address, now)) + 1 / CONNECTIONS_A_SECOND
        if free_at - now > CONNECTIONS_AT_ONCE / CONNECTIONS_A_SECOND:
            return False
        self._keep(address, free_at, now)
        return True

    def charge(self, address: str, connections: int) -> None:
        """Count so many connections more; at most as many as the address may open."""
        now = monotonic()
        free_at = max(now, self._free_at.get(address, now)) + connections / CONNECTIONS_A_SECOND
        self._keep(address, min(free_at, now + CONNECTIONS_AT_ONCE / CONNECTIONS_A_SECOND), now)

    def _keep(self, address: str, free_at: float, now: float) -> None:
        self._free_at[address] = free_at
        if len(self._free_at) > self._most:
            self._free_at = {each: at for each, at in self._free_at.items() if at > now}
            self._most = max(KEPT, 2 * len(self._free_at))
