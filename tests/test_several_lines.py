"""Who likes to, writes in a larger field, of several lines."""

from typing import Any

import lxml.html
import pytest
from django.test import Client
from lxml.html import HtmlElement

from discuss.forms import whole_texts
from discuss.models import User
from discuss.rendering import fragments
from discuss.rendering.audience import Audience
from tests.cast import Cast, log_in
from tests.document import Document

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann(cast: Cast) -> Client:
    """The browser of ann, who has chosen it."""
    User.objects.filter(pk=cast.ann.pk).update(composer="large")
    return log_in(cast.ann)


def next_field(client: Client, html: str) -> list[HtmlElement]:
    """Return the field that the page takes when something was sent."""
    address = Document(html).element("post-form").get("hx-get") or ""
    answer = client.get(address)
    assert "immutable" in answer["Cache-Control"]
    return fields(answer.content.decode())


def fields(html: str) -> list[HtmlElement]:
    document = lxml.html.document_fromstring(html)
    return [draft.find("./*[@name='text']") for draft in document.cssselect(".draft")]


# --- further lines, below the one -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "texts"),
    [
        ({"text": "Soup", "further": ""}, ["Soup"]),
        ({"text": "Soup", "further": "Bread\nSalt"}, ["Soup\nBread\nSalt"]),
        ({"text": "", "further": "Bread"}, ["Bread"]),
        ({"text": ["one", "two"], "further": ["", "more"]}, ["one", "two\nmore"]),
        # Drafts of the version before come first, and have no such field.
        ({"text": ["one", "two", "three"], "further": ["more", ""]}, ["one", "two\nmore", "three"]),
        ({"text": ["one", "two"]}, ["one", "two"]),
        ({"text": "one"}, ["one"]),
        ({}, []),
        ({"text": [], "further": "x"}, []),
        ({"text": {"x": 1}, "further": None}, [""]),
        ({"text": ["one", ["two"]], "further": [0, "x"]}, ["one", "x"]),
    ],
)
def test_a_line_and_what_stands_below_it_are_one_message(data: dict[str, Any], texts: list[str]):
    assert whole_texts(data) == texts


def test_a_plain_form_sends_them(cast: Cast):
    path, bob = cast.kitchen.get_absolute_url(), log_in(cast.bob)
    written = {"text": "Soup", "further": "Bread\r\nSalt", "nonce": "nonce-12345"}
    assert bob.post(f"{path}post/", written).status_code == 302
    assert cast.lines()[-1].text == "Soup\nBread\nSalt"


def test_what_is_refused_of_them_stays_together(cast: Cast):
    path, bob = cast.kitchen.get_absolute_url(), log_in(cast.bob)
    written = {"text": "Soup", "further": "x" * 4001, "nonce": "nonce-12345"}
    response = bob.post(f"{path}post/", written)
    assert response.status_code == 400
    (field,) = fields(response.content.decode())
    assert (field.tag, (field.text or "").strip()) == ("textarea", f"Soup\n{'x' * 4001}")


def test_they_go_along_to_a_log_in(cast: Cast):
    path, bob = cast.kitchen.get_absolute_url(), log_in(cast.bob)
    bob.post(f"{path}post/", {"text": "Soup", "further": "Bread", "back": "yes"})
    (field,) = fields(bob.get(path).content.decode())
    assert (field.tag, (field.text or "").strip()) == ("textarea", "Soup\nBread")


@pytest.mark.parametrize("address", ["{group}", "{group}live/"])
def test_a_page_takes_the_field_that_its_person_has_chosen(cast: Cast, ann: Client, address: str):
    path = address.format(group=cast.kitchen.get_absolute_url())
    for client, tag in ((ann, "textarea"), (log_in(cast.bob), "input")):
        html = client.get(path).content.decode()
        assert [each.tag for each in next_field(client, html)] == [tag]


@pytest.mark.parametrize("query", ["", "?live=off"])
def test_it_is_there_from_the_beginning(cast: Cast, ann: Client, query: str):
    path = cast.kitchen.get_absolute_url() + query
    assert [each.tag for each in fields(ann.get(path).content.decode())] == ["textarea"]
    assert [each.tag for each in fields(log_in(cast.bob).get(path).content.decode())] == ["input"]


@pytest.mark.parametrize("is_large", [True, False])
def test_what_is_at_hand_is_the_same_for_everybody(cast: Cast, ann: Client, is_large: bool):
    path = f"/at-hand/{fragments.at_hand_version(is_large=is_large)}/"
    answers = {client.get(path).content for client in (ann, log_in(cast.bob), Client())}
    assert len(answers) == 1


def test_lines_are_kept_and_shown(cast: Cast, ann: Client):
    path = cast.kitchen.get_absolute_url()
    written = {"text": "Soup\r\n\r\nBread & https://example.org\r\nSalt", "nonce": "nonce-12345"}
    assert ann.post(f"{path}post/", written).status_code == 302
    html = ann.get(path).content.decode()
    (shown,) = Document(html).document.xpath("//*[@class='text']")
    assert shown.text_content() == "Soup\n\nBread & https://example.org\nSalt"


def test_what_is_refused_stays_in_it(cast: Cast, ann: Client):
    path = cast.kitchen.get_absolute_url()
    too_long = f"Soup\n{'x' * 4001}"
    response = ann.post(f"{path}post/", {"text": too_long, "nonce": "nonce-12345"})
    assert response.status_code == 400
    (field,) = fields(response.content.decode())
    assert (field.tag, field.get("aria-invalid")) == ("textarea", "true")
    # The first line end after the tag is no part of it.
    assert (field.text or "").strip() == too_long


def test_the_signs_of_every_page_are_at_hand_too(cast: Cast, ann: Client):
    html = ann.get(cast.kitchen.get_absolute_url()).content.decode()
    fetched = Document(html).document.xpath("//*[@hx-trigger='load']/@hx-get")
    assert f"/at-hand/{fragments.signs_version()}/" in fetched
    assert f"/at-hand/{fragments.signs_version()}/" in fragments.status_renewed(Audience.everyone())
