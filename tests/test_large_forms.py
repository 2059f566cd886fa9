"""A large form is read as Django reads it, whatever stands in it."""

import threading

import pytest
from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, QueryDict
from django.test import RequestFactory
from hypothesis import given, strategies as st
from pytest_django import Settings

from discuss.db import giving_way
from discuss.db.giving_way import patient, urgent
from discuss.edges import large_forms
from discuss.edges.large_forms import LARGE, LargeFormMiddleware, form_of

FORM = "application/x-www-form-urlencoded"
# What a form may be made of, and what else may stand in one.
PARTS = (
    *("&", "=", "+", "%", "%2", "%zz", "%%41", "%C3%A9", "%c3", "%F0%9F%98%80", "%ED%A0%80", "%00"),
    *(";", "a", "text", "\r\n", "%0D%0A", "%26", "%2B", "%3D", "é", "😀"),
)
# About as much as a piece has.
MUCH = "x" * 995


@given(st.lists(st.sampled_from((*PARTS, MUCH)), max_size=40).map("".join))
def test_it_holds_what_django_reads(text: str):
    for body in (text.encode(), text.encode() + b"\xff"):
        assert form_of(body) == QueryDict(body)


def test_it_is_as_unchangeable():
    with pytest.raises(AttributeError, match="immutable"):
        form_of(b"a=1")["a"] = "2"


def test_too_many_fields_are_refused(settings: Settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 2
    assert form_of(b"a=1&b=2") == QueryDict(b"a=1&b=2")
    for read in (form_of, QueryDict):
        with pytest.raises(TooManyFieldsSent):
            read(b"a=1&b=2&c=3")


def send(body: bytes, content_type: str = FORM) -> tuple[HttpResponse, list[HttpRequest]]:
    """Return how such a request is answered, and as what it gets to whoever answers it."""
    seen: list[HttpRequest] = []

    def answer(request: HttpRequest) -> HttpResponse:
        seen.append(request)
        return HttpResponse()

    request = RequestFactory().generic("POST", "/", body, content_type=content_type)
    return LargeFormMiddleware(answer)(request), seen


def read(body: bytes, content_type: str = FORM) -> HttpRequest:
    return send(body, content_type)[1][0]


def test_large_ones_alone_are_read_here(monkeypatch: pytest.MonkeyPatch):
    taken: list[int] = []

    def form_of(body: bytes) -> QueryDict:
        taken.append(len(body))
        return QueryDict(body)

    monkeypatch.setattr(large_forms, "form_of", form_of)
    large = b"text=" + b"x" * LARGE
    assert read(large).POST["text"] == "x" * LARGE
    assert read(large[:LARGE]).POST["text"] == "x" * (LARGE - 5)
    assert read(large, "text/plain").body == large
    assert taken == [len(large)]


def test_it_holds_no_files():
    request = read(b"text=" + b"x" * LARGE)
    assert (dict(request.FILES), len(request.POST["text"])) == ({}, LARGE)


def test_one_of_many_parts_is_refused_and_a_small_one_is_djangos():
    part = b'--limit\r\nContent-Disposition: form-data; name="text"\r\n\r\nhello\r\n'
    end, kind = b"--limit--\r\n", "multipart/form-data; boundary=limit"
    answer, seen = send(part * 300 + end, kind)
    assert (answer.status_code, seen) == (415, [])
    assert b"urlencoded" in answer.content
    assert read(part + end, kind).POST["text"] == "hello"


def test_it_gives_way_between_its_pieces(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(giving_way, "PATIENCE", 1000.0)
    waited = threading.Event()
    spend = giving_way._Patience.spend

    def told(patience: giving_way._Patience) -> None:
        waited.set()
        spend(patience)

    monkeypatch.setattr(giving_way._Patience, "spend", told)
    forms: list[QueryDict] = []

    def answer() -> None:
        with patient():
            forms.append(form_of(b"text=" + b"%41" * LARGE))

    thread = threading.Thread(target=answer)
    with urgent():
        thread.start()
        assert waited.wait(60)
        assert not forms
    thread.join(60)
    assert forms == [QueryDict(f"text={'A' * LARGE}")]
