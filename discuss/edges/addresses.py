"""Addresses by which people come, where it is another than the one that sockets are accepted from."""

import logging

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest

logger = logging.getLogger(__name__)

# A client chooses the address that it says, so no more than these are logged and remembered.
ADDRESSES_TOLD = 20
_told: set[str] = set()


def other_address(request: HttpRequest) -> dict[str, str]:
    """Give templates the address of the request where it is none of ours: sockets are refused there.

    A context processor.
    """
    try:
        host = request.get_host()
    except DisallowedHost:  # templates/400.html says so, and RefusedHosts logs it
        return {"other_address": ""}
    address = _origin(f"{request.scheme}://{host}")
    if address in settings.PUBLIC_ORIGINS:
        return {"other_address": ""}
    tell_once(address)
    return {"other_address": address}


def tell_once(address: str) -> None:
    """Write to the log that people come by this address, once for each process and address."""
    if address in _told or len(_told) >= ADDRESSES_TOLD:
        return
    _told.add(address)
    logger.warning(
        "Somebody came to %.200r, and pages are live at %s alone. Go there, or set PUBLIC_URL. "
        "A proxy has to keep the Host header, and where it speaks https BEHIND_PROXY has to be on.",
        address,
        settings.PUBLIC_URL,
    )


def tell_of_refused(request: HttpRequest) -> None:
    """Tell of a request to a host that is not served."""
    tell_once(f"{request.scheme}://{request.META.get('HTTP_HOST', '')}")


def tell_of_socket(origin: str, host: str) -> None:
    """Tell of a socket that was refused, where the page that opened it came from this very host.

    Other sites' pages, which are kept out on purpose, come from hosts of their own.
    """
    if origin.partition("://")[2] == host:
        tell_once(origin)


class RefusedHosts(logging.Filter):
    """Makes one line of what Django logs for each request to a host that is not served, with a traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        request: HttpRequest | None = getattr(record, "request", None)
        if request is None:
            return True
        tell_of_refused(request)
        return False


def _origin(address: str) -> str:
    """Return the address as a browser writes it: without the port that its scheme has anyway."""
    for scheme, port in (("http", ":80"), ("https", ":443")):
        if address.startswith(f"{scheme}://"):
            return address.removesuffix(port).lower()
    return address.lower()
