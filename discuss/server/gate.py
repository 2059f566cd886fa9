"""How many connections one address may open, before anything of them is read.

To refuse one here costs about 0.1 ms; a handshake that the application refuses costs 1 ms.
"""

from time import monotonic

# Connections that an address may open at once, and in a second: a browser opens six for a page.
CONNECTIONS_AT_ONCE = 1000
CONNECTIONS_A_SECOND = 100
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
        self._free_at[address] = free_at
        if len(self._free_at) > self._most:
            self._free_at = {each: at for each, at in self._free_at.items() if at > now}
            self._most = max(KEPT, 2 * len(self._free_at))
        return True
