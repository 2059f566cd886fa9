"""Who may make an account: anybody, who knows the code, or nobody (SIGN_UP)."""

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from discuss.models import User
from tests.document import text
from tests.test_accounts import SECRET, errors_of, page, sign_up
from tests.test_tries import Clock

pytestmark = pytest.mark.django_db
CODE = "Pumpkin soup at 7"
SIGN_UP_PAGE = "/accounts/signup/"


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """No tries yet, and a clock that stands still until a test moves it."""
    cache.clear()
    clock = Clock()
    monkeypatch.setattr(ratelimit, "time", clock)
    monkeypatch.setattr("discuss.accounts.tries.time", clock)
    yield clock
    cache.clear()


def links_to_it(client: Client) -> list[str]:
    """Return the links to the sign-up page of those who are not logged in, from the log-in page."""
    links: list[str] = page(client.get("/accounts/login/")).xpath("//a/@href")
    return [link for link in links if link.startswith(SIGN_UP_PAGE)]


def values(response: Any) -> dict[str, str | None]:
    fields = page(response).xpath("//main//input[not(@type='hidden')]")
    return {field.get("name"): field.get("value") for field in fields}


def test_where_it_is_open_anybody_does_and_two_links_lead_there(client: Client):
    assert len(links_to_it(client)) == 2
    assert not page(client.get(SIGN_UP_PAGE)).xpath("//input[@name='code']")
    assert sign_up(client, "dora").status_code == 302


def test_there_is_one_line_on_passwords(client: Client):
    (advice,) = page(client.get(SIGN_UP_PAGE)).xpath("//*[@id='id_password1_helptext']")
    assert text(advice).startswith("Eight characters or more")
    assert not advice.xpath(".//li")


@pytest.mark.parametrize("method", ["get", "post"])
def test_where_it_is_closed_nobody_does_and_is_told_so(
    client: Client, settings: Settings, method: str
):
    settings.SIGN_UP = "closed"
    assert links_to_it(client) == []
    response = client.get(SIGN_UP_PAGE) if method == "get" else sign_up(client, "dora")
    document = page(response)
    assert text(document.xpath("//main//h1")[0]) == "This is a closed round"
    assert not document.xpath("//main//form")
    assert document.xpath("//main//*[@class='card']//a/@href") == ["/accounts/login/"]
    assert not User.objects.exists()


@pytest.mark.parametrize("typed", [CODE, "  pumpkin SOUP   at 7 ", "ｐｕｍｐｋｉｎ soup at ７"])
def test_who_knows_the_code_signs_up(client: Client, settings: Settings, typed: str):
    settings.SIGN_UP, settings.SIGN_UP_CODE = "code", CODE
    assert len(links_to_it(client)) == 2
    (field,) = page(client.get(SIGN_UP_PAGE)).xpath("//input[@name='code']")
    assert (field.get("autocomplete"), field.get("required")) == ("off", "")
    assert sign_up(client, "dora", code=typed).status_code == 302
    assert User.objects.get().username == "dora"


def test_a_wrong_code_is_said_beside_the_field_and_all_else_stays(
    client: Client, settings: Settings
):
    settings.SIGN_UP, settings.SIGN_UP_CODE = "code", CODE
    response = sign_up(client, "dora", "dora@example.org", code="Tomato soup")
    assert "not the code" in errors_of(response, "code")
    assert values(response) == {
        "username": "dora",
        "email": "dora@example.org",
        "password1": SECRET,
        "password2": SECRET,
        "code": "Tomato soup",
    }
    assert "no-store" in response["Cache-Control"]
    assert "required" in errors_of(sign_up(client, "dora", code=""), "code")
    assert not User.objects.exists()


def test_a_password_that_is_refused_is_not_sent_back(client: Client, settings: Settings):
    settings.SIGN_UP, settings.SIGN_UP_CODE = "code", CODE
    response = sign_up(client, "dora", password2="another", code="Tomato soup")
    assert (values(response)["password1"], values(response)["code"]) == (None, "Tomato soup")


def test_wrong_codes_of_an_address_are_counted_and_right_ones_are_not(
    settings: Settings, clock: Clock
):
    settings.SIGN_UP, settings.SIGN_UP_CODE = "code", CODE
    for number in range(12):
        assert sign_up(Client(), f"dora{number}", code=CODE).status_code == 302
        clock.now += 10
    clock.now += 600
    for _ in range(10):
        assert "not the code" in errors_of(sign_up(Client(), "eve", code="Soup"), "code")
    refused = sign_up(Client(), "eve", code=CODE)
    assert errors_of(refused, "code") == "Too many wrong tries. Try again in 5 minutes."
    assert values(refused)["username"] == "eve"
    elsewhere = Client(REMOTE_ADDR="192.0.2.9")
    assert sign_up(elsewhere, "fred", code=CODE).status_code == 302
    clock.now += 301
    assert sign_up(Client(), "eve", code=CODE).status_code == 302
