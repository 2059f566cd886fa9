"""Who may see what this process counts, and the page that shows it."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http.request import split_domain_port
from django.utils.crypto import constant_time_compare
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from discuss import metrics
from discuss.live.hub import hub

# The names that a machine has for itself.
LOOPBACK_NAMES = {"127.0.0.1", "localhost", "[::1]"}
CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4


def may_see(scope: Mapping[str, Any]) -> bool:
    """Whether the request brings METRICS_TOKEN; without one, whether it comes from this machine itself.

    Behind a proxy every request does, so nobody is answered there without a token.
    """
    if settings.METRICS_TOKEN:
        scheme, _, token = _header(scope, b"authorization").partition(" ")
        return scheme.lower() == "bearer" and constant_time_compare(token, settings.METRICS_TOKEN)
    address = (scope.get("client") or [""])[0]
    is_local = address == "::1" or address.startswith("127.")
    # A proxy that the settings do not know of comes from this machine too, but asks for the site's host.
    domain, _ = split_domain_port(_header(scope, b"host"))
    return is_local and domain in LOOPBACK_NAMES and not settings.BEHIND_PROXY


def page() -> str:
    """Return all counts in the Prometheus text format."""
    metrics.PAGES.set(hub.count_all_pages())
    for kind, pages in hub.subscriptions.count().items():
        metrics.SUBSCRIPTIONS.labels(kind).set(pages)
    return generate_latest(metrics.registry).decode()


def _header(scope: Mapping[str, Any], name: bytes) -> str:
    """Return the header's value; an empty one where it is missing or there are several."""
    values = [value.decode("latin1") for key, value in scope["headers"] if key == name]
    return values[0] if len(values) == 1 else ""
