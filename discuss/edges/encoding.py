"""Forms are in UTF-8: every page of ours says so, and browsers do as it says."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

Answer = Callable[[HttpRequest], HttpResponse]


class Utf8Middleware:
    """Refuses a form in another encoding with 415, before anything looks into it.

    Django would refuse it wherever it is looked into first, and the page that says so looks into it too.
    """

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        charset = (request.content_params or {}).get("charset", "utf-8")
        if charset.lower() != "utf-8":
            return HttpResponse(
                "Forms are taken in UTF-8 alone.\n", status=415, content_type="text/plain"
            )
        return self._get_response(request)
