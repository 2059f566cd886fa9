"""The page of searches."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast, log_in
from tests.document import Document, text

pytestmark = [pytest.mark.django_db, pytest.mark.log]


def load(client: Client, typed: str, status: int = 200, **more: str) -> Document:
    response = client.get(reverse("search"), {"q": typed, **more})
    assert response.status_code == status
    return Document(response.content.decode())


def said(page: Document) -> list[str]:
    return [text(each) for each in page.document.cssselect(".hit .said")]


def test_it_shows_what_was_found_with_the_words_marked(cast: Cast):
    entry = cast.say(cast.ann, "Soup & <b>bread</b>, and soup again")
    page = load(log_in(cast.bob), "soup")
    assert said(page) == ["Soup & <b>bread</b>, and soup again"]
    assert [text(each) for each in page.document.cssselect(".hit mark")] == ["Soup", "soup"]
    (byline,) = page.document.cssselect(".hit .byline")
    assert "ann" in text(byline)
    assert "Kitchen" in text(byline)
    (place,) = page.document.cssselect(".hit a.place")
    assert str(cast.kitchen.uuid) in place.get("href")
    assert str(entry.pk) in place.get("href") or f"/{entry.position}/" in place.get("href")
