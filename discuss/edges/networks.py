"""Whoever comes from a blocked network is told so, and nothing else is asked or answered."""

from collections.abc import Callable

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from discuss.actions import networks
from discuss.reading.networks import known_networks
from discuss.token_sheet import token_sheet

Answer = Callable[[HttpRequest], HttpResponse]


class NetworkMiddleware:
    """Answers 403 with a page that says so. Before anybody's session is looked at: it asks no database."""

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            block = known_networks.bars_entrance(request.META.get("REMOTE_ADDR", ""))
        except DatabaseError:
            # Where it was never read and cannot be, pages that need no database are shown all the same.
            block = None
        if block is None or request.path == _worn():
            return self._get_response(request)
        networks.count_barred(block)
        response = render(request, "discuss/barred.html", status=403)
        add_never_cache_headers(response)
        return response


def _worn() -> str:
    """Return the address of the style sheet that the page wears which says so; empty where it wears none."""
    digest = token_sheet.digest
    return reverse("token_sheet", args=[digest]) if digest else ""


def barred(address: str) -> bool:
    """Whether nobody comes in from this address; on the event loop, where no database is asked."""
    block = known_networks.bars_entrance(address) if known_networks.is_known else None
    if block is not None:
        networks.count_barred(block)
    return block is not None
