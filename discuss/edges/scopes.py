"""What a connection brings, of a page or of a socket: its address and its session (ASGI's `scope`)."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import parse_cookie

from discuss.limits import source

Scope = Mapping[str, Any]


def address_of(scope: Scope) -> str:
    """Return where a connection comes from; behind a proxy that is what the proxy says."""
    client = scope.get("client")
    return client[0] if client else ""


def source_of(scope: Scope) -> str:
    """Return the address that counts for a connection; over a UNIX socket without a proxy there is none."""
    return source(address_of(scope))


def session_of(scope: Scope) -> str | None:
    """Return the key of a session that a connection brings. `Cookie` lines are joined (RFC 9113, 8.2.3)."""
    lines = [value for name, value in scope["headers"] if name == b"cookie"]
    cookies = parse_cookie(b"; ".join(lines).decode("latin1"))
    return cookies.get(settings.SESSION_COOKIE_NAME)
