"""How many sockets may be opened: by strangers of one address, and by one person.

Many people may stand behind one address, and all of their pages come back at once. So an address is counted
for those alone who bring no session of anybody's.
"""

from collections.abc import Mapping
from typing import Any

from discuss import metrics
from discuss.edges.scopes import source_of
from discuss.limits import CUT_COSTS, limits
from discuss.server import protocol

# Close codes that metrics tell apart: ours, and those of a page that was left (1001), of no code (1005) and
# of a lost connection (1006). A client may choose from thousands of others.
CODES_COUNTED = {1001, 1005, 1006} | {
    code for name, code in vars(protocol).items() if name.startswith("CLOSE_")
}


def may_open(scope: Mapping[str, Any]) -> bool:
    """Count a stranger's socket for its address, and say whether it may open."""
    address = source_of(scope)
    # Without an address everybody would be one.
    return not address or not limits.take("connection", address)


def wait_for_page(user_id: int) -> float:
    """Count a person's socket, and return the seconds to wait where there were too many."""
    return limits.take("page", user_id)


def count_end(scope: Mapping[str, Any], message: Mapping[str, Any], user_id: int | None) -> None:
    """Count the end of a socket by its code.

    Whose socket had to be cut is charged for it, as it would come back at once: the person, else the address.
    """
    code = message.get("code")
    if message["type"] == "websocket.disconnect":
        metrics.CLOSES.labels(code if code in CODES_COUNTED else "other").inc()
    if code != protocol.CLOSE_POLICY:
        return
    if user_id is not None:
        limits.charge("page", user_id, CUT_COSTS)
    elif address := source_of(scope):
        limits.charge("connection", address, CUT_COSTS)
