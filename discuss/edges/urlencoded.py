"""What a request's form and query hold is read field by field and piece by piece, and gives way between."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.datastructures import MultiValueDict

from discuss.db.giving_way import give_way

Answer = Callable[[HttpRequest], HttpResponse]

# Bytes up to which forms and queries are Django's to read: it takes half a millisecond for so many at most.
SMALL = 1024
# Bytes, and lines that may begin a part, of a form in parts: one of them takes 20 us.
MOST_IN_PARTS = 16 * 1024
MOST_PARTS = 100
REFUSED = "Large forms are taken as application/x-www-form-urlencoded alone.\n"
# No piece ends within what stands for one byte.
_PIECES = re.compile(r"(?:%[0-9A-Fa-f]{2}|.){1,1000}", re.DOTALL)


class UrlEncodedMiddleware:
    """Reads forms and queries as Django would, which computes for up to 10 ms without a pause.

    Lines of others would share the interpreter with that (bench.attacks: forms). A form in very many parts,
    as for uploads, would take 30 ms: no page of ours sends one.
    """

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = request.META["QUERY_STRING"]
        # One of too many fields is left to Django, which refuses it below, where it is known who asks.
        if len(query) > SMALL and query.isascii():
            with suppress(TooManyFieldsSent):
                request.GET = fields_of(query)  # type: ignore[assignment]
        if request.method == "POST" and len(body := request.body) > SMALL:
            if request.content_type == "multipart/form-data" and _has_much(body):
                return HttpResponse(REFUSED, status=415, content_type="text/plain")
            if request.content_type == "application/x-www-form-urlencoded":
                with suppress(TooManyFieldsSent):
                    # HttpRequest._load_post_and_files, which sets these two, is called no more.
                    request._post = fields_of(_text(body))  # type: ignore[attr-defined]
                    request._files = MultiValueDict()  # type: ignore[attr-defined]
        return self._get_response(request)


def fields_of(text: str) -> QueryDict:
    """Return the fields of such a text (the URL Standard, section 5.1). Raises TooManyFieldsSent."""
    most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    if most is not None and text.count("&") >= most:
        raise TooManyFieldsSent("There are too many fields.")
    fields = QueryDict(mutable=True)
    for field in filter(None, text.split("&")):
        give_way()
        name, _, value = field.partition("=")
        fields.appendlist(_meant(name), _meant(value))
    fields._mutable = False
    return fields


def _meant(quoted: str) -> str:
    """Return what such a text stands for."""
    spaced = quoted.replace("+", " ")
    return b"".join(_bytes(spaced)).decode(errors="replace") if "%" in spaced else spaced


def _bytes(quoted: str) -> Iterator[bytes]:
    for piece in _PIECES.finditer(quoted):
        give_way()
        yield unquote_to_bytes(piece[0])


def _text(body: bytes) -> str:
    """Return a form as text, as Django does where it is not in UTF-8."""
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body.decode("latin-1")


def _has_much(body: bytes) -> bool:
    """Whether a form in parts takes too long to read."""
    return len(body) > MOST_IN_PARTS or body.count(b"\r\n--") > MOST_PARTS
