"""Requests give way to what is urgent."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from discuss.db.giving_way import patient

Answer = Callable[[HttpRequest], HttpResponse]


class GiveWayMiddleware:
    """Has whatever answers a request give way to lines that are posted, or shown."""

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with patient():
            return self._get_response(request)
