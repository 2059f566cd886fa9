"""Forms and queries are read as Django reads them, whatever stands in them, and give way meanwhile."""

import pytest
from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, QueryDict
from django.test import RequestFactory
from hypothesis import given, strategies as st
from pytest_django import Settings

from discuss.edges import urlencoded
from discuss.edges.urlencoded import (
    MOST_IN_PARTS,
    MOST_PARTS,
    SMALL,
    UrlEncodedMiddleware,
    fields_of,
)
from tests.cast import Cast, log_in

FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=limit"
# What a form may be made of, and what else may stand in one.
PIECES = (
    *("&", "=", "+", "%", "%2", "%zz", "%%41", "%C3%A9", "%c3", "%F0%9F%98%80", "%ED%A0%80"),
    *("%00", ";", "a", "text", "\r\n", "%0D%0A", "%26", "%2B", "%3D", "é", "😀"),
)
# About as much as is read at a time.
MUCH = "x" * 995


@given(st.lists(st.sampled_from((*PIECES, MUCH)), max_size=40).map("".join))
def test_they_hold_what_django_reads(text: str):
    assert fields_of(text) == QueryDict(text)
    for body in (text.encode(), text.encode() + b"\xff"):
        assert fields_of(urlencoded._text(body)) == QueryDict(body)


def test_they_are_as_unchangeable():
    with pytest.raises(AttributeError, match="immutable"):
        fields_of("a=1")["a"] = "2"


@pytest.mark.parametrize("most", [None, 0, 1, 2])
@pytest.mark.parametrize("text", ["", "=", "&", "a=1", "a=1&b=2", "a=1&b=2&c=3"])
def test_as_many_are_refused(settings: Settings, most: int | None, text: str):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = most
    try:
        fields = QueryDict(text)
    except TooManyFieldsSent:
        with pytest.raises(TooManyFieldsSent):
            fields_of(text)
    else:
        # Django looks at no text that is empty.
        assert not text or fields_of(text) == fields


class Seen:
    """How a request gets to whoever answers it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.requests: list[HttpRequest] = []
        # How long each text was that was read here.
        self.read: list[int] = []
        # How often anybody could go first.
        self.gave_way = 0
        monkeypatch.setattr(urlencoded, "fields_of", self._fields_of)
        monkeypatch.setattr(urlencoded, "give_way", self._give_way)

    def send(self, body: bytes, content_type: str = FORM, query: str = "") -> HttpResponse:
        path = f"/?{query}"
        request = RequestFactory().generic("POST", path, body, content_type=content_type)
        return UrlEncodedMiddleware(self._answer)(request)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        self.requests.append(request)
        return HttpResponse()

    def _fields_of(self, text: str) -> QueryDict:
        self.read.append(len(text))
        return fields_of(text)

    def _give_way(self) -> None:
        self.gave_way += 1


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Seen:
    return Seen(monkeypatch)


def test_small_ones_are_djangos_to_read(seen: Seen):
    small = "text=" + "x" * (SMALL - 5)
    seen.send(small.encode(), query=small)
    seen.send(small.encode() + b"y", query=small + "y")
    seen.send(small.encode() + b"y", "text/plain")
    assert seen.read == [SMALL + 1, SMALL + 1]
    for request, more in zip(seen.requests[:2], ("", "y"), strict=True):
        assert request.POST["text"] == request.GET["text"] == "x" * (SMALL - 5) + more
        assert dict(request.FILES) == {}
    assert seen.requests[2].body == small.encode() + b"y"


def test_others_may_go_first_at_each_field_and_within_long_ones(seen: Seen):
    seen.send(b"&".join(b"a=1" for _ in range(999)))
    assert seen.gave_way == 999
    seen.send(b"text=" + b"%41" * 10_000)
    assert seen.gave_way == 999 + 1 + 10
    # What needs no reading is not looked through.
    seen.send(b"text=" + b"x" * 100_000)
    assert seen.gave_way == 999 + 1 + 10 + 1


def test_a_form_in_very_many_parts_is_refused_and_a_small_one_djangos(seen: Seen):
    part = b'--limit\r\nContent-Disposition: form-data; name="text"\r\n\r\nhello\r\n'
    end = b"--limit--\r\n"
    assert seen.send(part * 20 + end, PARTS).status_code == 200
    assert seen.requests[0].POST.getlist("text") == ["hello"] * 20
    for much in (part * (MOST_PARTS + 1) + end, b"x" * MOST_IN_PARTS + part + end):
        answer = seen.send(much, PARTS)
        assert answer.status_code == 415
        assert b"urlencoded" in answer.content
    assert len(seen.requests) == 1


@pytest.mark.django_db
def test_requests_are_read_so(cast: Cast, seen: Seen):
    address = f"/groups/{cast.kitchen.uuid}/post/"
    client = log_in(cast.bob)
    text = "%CE%B1" * 4001
    answer = client.generic("POST", address, f"text={text}", content_type=FORM)
    assert answer.status_code == 400
    assert "α" * 4001 in answer.content.decode()
    assert seen.read == [5 + len(text)]
    assert client.post(address, b"x" * MOST_IN_PARTS + b"y", content_type=PARTS).status_code == 415


@pytest.mark.django_db
def test_who_sends_too_many_fields_is_told_so_as_who_they_are(cast: Cast):
    fields = "&".join(f"a{number}=1" for number in range(1500))
    answer = log_in(cast.bob).generic("POST", "/accounts/", fields, content_type=FORM)
    assert answer.status_code == 400
    assert "Log out" in answer.content.decode()
    assert answer["X-Frame-Options"] == "DENY"
