"""How many sockets may be opened: by strangers of one address, and by one person.

Many people may stand behind one address, and all of their pages come back at once. So an address is counted
for those alone who bring no session of anybody's.
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import parse_cookie

from discuss import metrics
from discuss.limits import CUT_COSTS, limits, source
from discuss.server import protocol

# Close codes that metrics tell apart: ours, and those of a page that was left (1001), of no code (1005) and
# of a lost connection (1006). A client may choose from thousands of others.
CODES_COUNTED = {1001, 1005, 1006} | {
    code for name, code in vars(protocol).items() if name.startswith("CLOSE_")
}


def source_of(scope: Mapping[str, Any]) -> str:
    """Return the address that counts for a connection; over a UNIX socket without a proxy there is none."""
    return source(address_of(scope))


def address_of(scope: Mapping[str, Any]) -> str:
    """Return where a connection comes from; behind a proxy that is what the proxy says."""
    client = scope.get("client")
    return client[0] if client else ""


def session_of(scope: Mapping[str, Any]) -> str | None:
    """Return the key of a session that a connection brings. `Cookie` lines are joined (RFC 9113, 8.2.3)."""
    lines = [value for name, value in scope["headers"] if name == b"cookie"]
    cookies = parse_cookie(b"; ".join(lines).decode("latin1"))
    return cookies.get(settings.SESSION_COOKIE_NAME)


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
