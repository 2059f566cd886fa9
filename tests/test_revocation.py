"""Whatever ends a session ends all of its sockets at once, also those that have not spoken yet.

There is one look at a person's sessions after each bell here: it must not ring before there is an end to see.
"""

import asyncio
import threading
from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client

from discuss import actions
from discuss.db.workers import in_actor, in_worker
from discuss.edges.scopes import session_of
from discuss.live.hub import hub
from discuss.models import Entry, Session, User
from discuss.reading.visitor import read_visitor
from tests.cast import Cast, log_in
from tests.page import Page, enter, eventually
from tests.told import NOT_UNDERSTOOD

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("live")]

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _one_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("discuss.live.revocation.LOOKS", (0.0,))


@pytest.fixture
def path(cast: Cast) -> str:
    return cast.kitchen.get_absolute_url()


def log_out(client: Client, user: User) -> None:
    client.post("/accounts/logout/")


def log_in_as_another(client: Client, user: User) -> None:
    client.force_login(User.objects.get(username="cleo"))


def change_password(client: Client, user: User) -> None:
    values = {"oldpassword": PASSWORD, "password1": PASSWORD + "!", "password2": PASSWORD + "!"}
    other = log_in(user)
    other.post("/accounts/login/", {"login": "bob", "password": PASSWORD})
    assert other.post("/accounts/password/change/", values).status_code == 302


def be_deactivated(client: Client, user: User) -> None:
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(is_active=False)
        actions.announce_standing(user)


def be_deleted(client: Client, user: User) -> None:
    actions.delete_user(user, user=user)


def log_everyone_out(client: Client, user: User) -> None:
    call_command("log_everyone_out", verbosity=0)


CAUSES: list[Callable[[Client, User], None]] = [
    log_out,
    log_in_as_another,
    change_password,
    be_deactivated,
    be_deleted,
    log_everyone_out,
]


@pytest.mark.parametrize("end", CAUSES, ids=lambda end: end.__name__)
async def test_it_ends_those_that_talk_and_those_that_are_silent(cast: Cast, path: str, end):
    def prepare() -> Client:
        cast.bob.set_password(PASSWORD)
        cast.bob.save()
        return log_in(cast.bob)

    client = await in_worker(prepare)
    talking = [await Page.open(client, each) for each in (path, "/")]
    silent = [await Page.open(client, each) for each in (path, "/")]
    for page in talking:
        await page.join_in()
    for page in silent:
        await page.connect(resumes=False)
    await in_worker(end, client, cast.bob)
    for page in [*talking, *silent]:
        await page.until(lambda page: page.close_code)
    for page in silent:
        assert page.frames == []


async def test_a_lock_that_holds_up_the_end_holds_up_the_bell(cast: Cast, path: str):
    client = await in_worker(log_in, cast.bob)
    page = await Page.open(client, path)
    await page.join_in()
    is_locked, may_go_on = threading.Event(), threading.Event()

    def hold_the_lock() -> None:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            Session.objects.filter(pk=client.session.session_key).update(
                session_data=client.session.encode(dict(client.session))
            )
            is_locked.set()
            may_go_on.wait()

    holding = asyncio.create_task(in_actor(hold_the_lock))
    await eventually(is_locked.is_set)
    leaving = asyncio.create_task(in_worker(client.post, "/accounts/logout/"))
    await asyncio.sleep(0.3)
    assert not leaving.done()
    page.read()
    assert page.close_code is None
    may_go_on.set()
    await asyncio.gather(holding, leaving)
    await page.until(lambda page: page.close_code)


async def test_it_ends_one_that_is_just_coming_in(cast: Cast, path: str, monkeypatch):
    client = await in_worker(log_in, cast.bob)
    page = await Page.open(client, path)

    def read_and_log_out(*args):
        visitor = read_visitor(*args)
        client.post("/accounts/logout/")
        return visitor

    monkeypatch.setattr("discuss.edges.consumers.group.read_visitor", read_and_log_out)
    await page.connect(resumes=False)
    await page.until(lambda page: page.close_code == 1012)


async def test_who_has_not_said_where_they_stand_can_do_nothing_else(cast: Cast, path: str):
    ann = await enter(cast.ann, path)
    pages = [await Page.open(await in_worker(log_in, cast.bob), each) for each in (path, "/")]
    room, lobby = pages
    for page in pages:
        await page.connect(resumes=False)
    lines = await in_worker(Entry.objects.count)
    for verb in ("post", "older", "leave"):
        room.send(f'{{"verb": "{verb}", "text": "Soup?", "nonce": "nonce-123", "oldest": "1"}}')
    for verb in ("join", "leave"):
        lobby.send(f'{{"verb": "{verb}", "group": "{cast.kitchen.uuid}"}}')
    for page in pages:
        await page.until(lambda page: NOT_UNDERSTOOD in page.notice)
        assert page.close_code is None
    ann.read()
    assert ann.texts == []
    assert await in_worker(Entry.objects.count) == lines
    assert await in_worker(cast.member, cast.bob)


async def test_nothing_is_kept_of_one_that_never_spoke(cast: Cast, path: str):
    page = await Page.open(await in_worker(log_in, cast.bob), path)
    await page.connect(resumes=False)
    assert cast.bob.pk in hub._people
    await page.disconnect()
    assert cast.bob.pk not in hub._people


async def test_cookies_in_two_lines_are_one_list(cast: Cast, path: str):
    """RFC 9113, section 8.2.3: HTTP/2 may part them, and a proxy pass them on so."""
    client = await in_worker(log_in, cast.bob)
    page = await Page.open(client, path)
    key = client.session.session_key
    for headers in (
        [(b"cookie", f"discussit_session={key}".encode()), (b"cookie", b"theme=dark")],
        [(b"cookie", b"theme=dark"), (b"cookie", f"discussit_session={key}".encode())],
    ):
        assert session_of({"headers": headers}) == key
    await page.join_in()
