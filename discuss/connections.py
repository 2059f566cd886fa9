"""How many sockets one address may open: what is counted before anybody knows who comes."""

import logging
from collections.abc import Mapping
from typing import Any

from discuss.limits import CUT_COSTS, limits, source
from discuss.server.protocol import CLOSE_POLICY

logger = logging.getLogger(__name__)


def source_of(scope: Mapping[str, Any]) -> str:
    """Return the address that counts for a connection; over a UNIX socket without a proxy there is none."""
    client = scope.get("client")
    return source(client[0]) if client else ""


def may_open(scope: Mapping[str, Any]) -> bool:
    """Count a handshake, and say whether it may go on."""
    address = source_of(scope)
    wait = limits.take("connection", address)
    if wait:
        logger.info("%s opens too many sockets.", address)
    return not wait


def count_end(scope: Mapping[str, Any], message: Mapping[str, Any]) -> None:
    """Charge the address of a socket that had to be cut, as it would come back at once."""
    if message.get("code") == CLOSE_POLICY:
        limits.charge("connection", source_of(scope), CUT_COSTS)
