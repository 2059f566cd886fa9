"""Large forms are taken apart piece by piece, and give way between."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.datastructures import MultiValueDict

from discuss.db.giving_way import give_way

Answer = Callable[[HttpRequest], HttpResponse]

# Bytes up to which a form is Django's to take apart: it takes 2 ms for so many at most.
LARGE = 16 * 1024
REFUSED = "Large forms are taken as application/x-www-form-urlencoded alone.\n"
# No piece ends within what stands for one byte.
_PIECES = re.compile(r"(?:%[0-9A-Fa-f]{2}|.){1,1000}", re.DOTALL)


class LargeFormMiddleware:
    """Reads a large form as Django would, which computes for 10 ms without a pause.

    Lines of others would share the interpreter with that (bench.attacks: forms). One of many parts, as for
    uploads, would take 30 ms: no page of ours sends such a form.
    """

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST" and len(request.body) > LARGE:
            if request.content_type == "multipart/form-data":
                return HttpResponse(REFUSED, status=415, content_type="text/plain")
            if request.content_type == "application/x-www-form-urlencoded":
                # As HttpRequest._load_post_and_files does, which is asked by nothing then.
                request._post = form_of(request.body)  # type: ignore[attr-defined]
                request._files = MultiValueDict()  # type: ignore[attr-defined]
        return self._get_response(request)


def form_of(body: bytes) -> QueryDict:
    """Return what a form holds. Raises TooManyFieldsSent."""
    if body.count(b"&") >= (settings.DATA_UPLOAD_MAX_NUMBER_FIELDS or len(body)):
        raise TooManyFieldsSent("A form has too many fields.")
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = body.decode("latin-1")
    form = QueryDict(mutable=True)
    for field in filter(None, text.split("&")):
        name, _, value = field.partition("=")
        form.appendlist(_meant(name), _meant(value))
    form._mutable = False
    return form


def _meant(quoted: str) -> str:
    """Return what such a text stands for (the URL Standard, section 5.1)."""
    return b"".join(_bytes(quoted.replace("+", " "))).decode(errors="replace")


def _bytes(quoted: str) -> Iterator[bytes]:
    for piece in _PIECES.findall(quoted):
        give_way()
        yield unquote_to_bytes(piece)
