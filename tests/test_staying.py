"""Whoever comes back stays logged in, and what they are shown is kept by nobody in between."""

from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from discuss.accounts.sessions import renew
from discuss.db.workers import in_worker
from discuss.models import Session
from tests.cast import Cast, log_in
from tests.page import Page, dial

WEEKS = timedelta(seconds=settings.SESSION_COOKIE_AGE)
NAME = settings.SESSION_COOKIE_NAME


def ends(client: Client) -> datetime:
    return Session.objects.get(pk=client.cookies[NAME].value).expire_date


def have_it_end_in(client: Client, left: timedelta) -> None:
    session = Session.objects.filter(pk=client.cookies[NAME].value)
    session.update(expire_date=timezone.now() + left)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/accounts/email/", "/groups/new/"])
def test_a_page_renews_a_session_once_a_day(cast: Cast, path: str):
    client = log_in(cast.bob)
    assert NAME not in client.get(path).cookies
    have_it_end_in(client, WEEKS - timedelta(hours=23))
    assert NAME not in client.get(path).cookies
    have_it_end_in(client, timedelta(days=3))
    cookie = client.get(path).cookies[NAME]
    assert cookie["max-age"] == settings.SESSION_COOKIE_AGE
    assert ends(client) > timezone.now() + WEEKS - timedelta(minutes=5)


@pytest.mark.django_db
def test_a_session_that_is_over_stays_over(cast: Cast):
    client = log_in(cast.bob)
    have_it_end_in(client, -timedelta(seconds=1))
    assert client.get("/").status_code == 302
    key = client.cookies[NAME].value
    assert renew(key) == ""
    Session.objects.all().delete()
    assert renew("x" * 32) == ""


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("live")
async def test_a_socket_renews_it_too(cast: Cast):
    client = await in_worker(log_in, cast.bob)
    for path in ("/", cast.kitchen.get_absolute_url()):
        page = await Page.open(client, path)
        connect = page.element("live").get("ws-connect") or ""
        assert await told(connect, client) == ""
        await in_worker(have_it_end_in, client, timedelta(days=3))
        cookie = await told(connect, client)
        key = client.cookies[NAME].value
        assert cookie.startswith(f"{NAME}={key}; ")
        assert {"HttpOnly", f"Max-Age={settings.SESSION_COOKIE_AGE}", "SameSite=Lax"} <= set(
            cookie.split("; ")
        )
        assert await in_worker(ends, client) > timezone.now() + WEEKS - timedelta(minutes=5)


async def told(path: str, client: Client) -> str:
    """Return the cookie with which a socket is accepted."""
    socket = dial(path, client)
    await socket.send_input({"type": "websocket.connect"})
    accepted = await socket.receive_output(60)
    await socket.send_input({"type": "websocket.disconnect", "code": 1001})
    await socket.wait()
    return dict(accepted.get("headers") or ()).get(b"set-cookie", b"").decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        *["/", "/groups/new/", "/groups/{}/", "/groups/{}/edit/", "/groups/{}/hand-over/"],
        *["/accounts/email/", "/accounts/password/change/", "/accounts/logout/", "/admin/"],
        "/nowhere/",
    ],
)
def test_nobody_keeps_what_a_session_is_answered(cast: Cast, path: str):
    response = log_in(cast.ann).get(path.format(cast.kitchen.uuid))
    said = {word.strip() for word in response["Cache-Control"].split(",")}
    assert {"no-store", "private"} <= said


@pytest.mark.django_db
@pytest.mark.parametrize(
    "key", ['"\\000abcdefghijk"', "\x00", "é" * 32, "x" * 31, "X" * 32, "x" * 5000]
)
def test_what_is_no_key_is_no_session(key: str):
    client = Client()
    client.cookies[NAME] = key
    for path in ("/", "/accounts/login/"):
        assert client.get(path).status_code in {200, 302}
    session = client.session
    assert session.session_key != key
