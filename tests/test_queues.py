"""What one browser asks for waits behind what it asked for before, and keeps no other one waiting."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import Settings

from discuss.db.workers import in_worker
from discuss.edges import turns
from discuss.limits import limits
from tests.cast import Cast, log_in
from tests.page import Page, Refused, enter

Scope = dict[str, Any]

KINDS = ("request", "request_stranger", "request_address")
AT_A_TIME = 2
MOST = 50


def scope(cookie: str = "", address: str = "10.0.0.1", path: str = "/") -> Scope:
    headers = [(b"cookie", cookie.encode())] if cookie else []
    return {
        "type": "http",
        "path": path,
        "headers": headers,
        "client": [address, 1] if address else None,
    }


@pytest.fixture(autouse=True)
def fresh(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.RATE_LIMITS = dict.fromkeys(KINDS, (1000, 0.001))
    monkeypatch.setattr(limits, "_full_at", {})


def key(scope: Scope) -> str:
    who = turns.who_asks(scope)
    assert who is not None
    return who.key


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long each waited that had to, while the clock stands still."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr("discuss.limits.monotonic", lambda: 1000.0)
    monkeypatch.setattr(turns, "sleep", sleep)
    return slept


class Pages:
    """An application whose answers take until they are let go."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.go = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        self.begun.append(scope["path"])
        if scope["path"].startswith("/streamed/"):
            await send({"type": "http.response.start", "status": 200, "headers": []})
        await self.go.wait()


@pytest.fixture
def pages() -> Pages:
    return Pages()


@pytest.fixture
def ask(settings: Settings, pages: Pages) -> Callable[..., asyncio.Task[list[Scope]]]:
    """Ask for a page, and return what becomes of it: the messages of an answer that is not the pages'."""

    def ask(session: str = "", **others: str) -> asyncio.Task[list[Scope]]:
        async def answered() -> list[Scope]:
            sent: list[Scope] = []

            async def send(message: Scope) -> None:
                sent.append(message)

            cookie = f"a=b; {settings.SESSION_COOKIE_NAME}={session}" if session else ""
            await turns.in_turn(pages, scope(cookie, **others), None, send)
            return sent

        return asyncio.create_task(answered())

    return ask


Ask = Callable[..., asyncio.Task[list[Scope]]]


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_of_one_browser_so_many_are_answered_at_a_time_and_of_others_as_many(
    pages: Pages, ask: Ask
):
    asked = [ask("ann", path=f"/ann/{n}") for n in range(5)]
    asked += [ask("bob", address="10.0.0.1", path="/bob")]
    await settle()
    assert pages.begun == [*(f"/ann/{n}" for n in range(AT_A_TIME)), "/bob"]
    pages.go.set()
    assert await asyncio.gather(*asked) == [[]] * 6
    assert sorted(pages.begun) == [*(f"/ann/{n}" for n in range(5)), "/bob"]
    assert not turns.pages.queues


async def test_without_a_session_those_of_an_address_take_turns(pages: Pages, ask: Ask):
    asked = [ask(address="10.0.0.1") for _ in range(7)] + [ask(address="10.0.0.2"), ask("ann")]
    await settle()
    assert len(pages.begun) == 4 + 2
    pages.go.set()
    assert await asyncio.gather(*asked) == [[]] * 9


@pytest.mark.parametrize(
    ("kind", "sessions"), [("request", 1), ("request_address", 20), ("request_stranger", 0)]
)
async def test_what_is_too_fast_waits_until_it_is_not(
    pages: Pages, ask: Ask, settings: Settings, slept: list[float], kind: str, sessions: int
):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, kind: (3, 1.0)}
    pages.go.set()
    asked = [ask(f"ann{n % sessions}" if sessions else "") for n in range(6)]
    assert await asyncio.gather(*asked) == [[]] * 6
    assert len(pages.begun) == 6
    assert slept == pytest.approx([1.0, 2.0, 3.0])


async def test_the_files_of_the_site_are_nobodys_turn(pages: Pages, ask: Ask, settings: Settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "request": (1, 1000.0)}
    asked = [ask("ann", path="/static/discuss/base.css") for _ in range(5)]
    await settle()
    assert len(pages.begun) == 5
    pages.go.set()
    await asyncio.gather(*asked)


async def test_what_is_streamed_is_a_turn_until_it_begins(pages: Pages, ask: Ask):
    asked = [ask("ann", path=f"/streamed/{n}") for n in range(5)]
    await settle()
    assert len(pages.begun) == 5
    assert not turns.pages.queues
    pages.go.set()
    assert [len(sent) for sent in await asyncio.gather(*asked)] == [1] * 5


async def test_very_many_that_wait_are_refused_and_leave_nothing(pages: Pages, ask: Ask):
    asked = [ask("ann") for _ in range(MOST + 3)]
    await settle()
    refused = [each.result() for each in asked if each.done()]
    assert len(refused) == 3
    for start, body in refused:
        assert start["status"] == 429
        assert dict(start["headers"])[b"cache-control"] == b"no-store"
        assert b"at once" in body["body"]
    pages.go.set()
    await asyncio.gather(*asked)
    assert not turns.pages.queues


async def test_very_many_of_an_address_are_refused_whatever_sessions_they_bring(
    pages: Pages, ask: Ask, settings: Settings, slept: list[float]
):
    settings.RATE_LIMITS = {"request_address": (1, turns.WITHIN / 4)}
    pages.go.set()
    answers = await asyncio.gather(*(ask(f"made-up-{n}") for n in range(10)))
    assert [bool(answer) for answer in answers] == [False] * 5 + [True] * 5
    assert len(pages.begun) == 5
    assert slept == pytest.approx([turns.WITHIN * n / 4 for n in (1, 2, 3, 4)])


async def test_who_goes_away_while_waiting_leaves_the_turn_to_others(pages: Pages, ask: Ask):
    asked = [ask("ann", path=f"/{n}") for n in range(4)]
    await settle()
    asked[2].cancel()
    pages.go.set()
    await asyncio.wait(asked)
    assert pages.begun == ["/0", "/1", "/3"]
    assert not turns.pages.queues


async def test_where_nobody_can_be_told_there_is_no_turn(pages: Pages, ask: Ask):
    asked = [ask(address="") for _ in range(5)]
    await settle()
    assert len(pages.begun) == 5
    pages.go.set()
    await asyncio.gather(*asked)


async def test_without_limits_there_are_none(pages: Pages, ask: Ask, settings: Settings):
    settings.RATE_LIMITS = {}
    asked = [ask("ann") for _ in range(MOST + 3)]
    await settle()
    assert len(pages.begun) == len(asked)
    pages.go.set()
    await asyncio.gather(*asked)


def test_no_other_process_is_told_of_a_session(settings: Settings):
    settings.RATE_LIMITS = {"request": (1, 1000.0)}
    who = key(scope(f"{settings.SESSION_COOKIE_NAME}=secret-of-ann"))
    assert "secret" not in who
    assert who == key(scope(f"x=y; {settings.SESSION_COOKIE_NAME}=secret-of-ann"))
    assert who != key(scope(f"{settings.SESSION_COOKIE_NAME}=secret-of-bob"))


@pytest.mark.parametrize("cookie", [b"\xff\xfe", b"a", b"=;=;", b'x="\\'])
def test_odd_cookies_are_none(cookie: bytes):
    asked = {**scope(), "headers": [(b"cookie", cookie)]}
    assert key(asked) == key(scope())


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("live")
async def test_sockets_of_a_browser_open_in_turn(
    cast: Cast, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    settings.RATE_LIMITS = {"handshake": (2, 5.0)}
    bobs = await in_worker(log_in, cast.bob)
    for _ in range(2):
        await (await Page.open(bobs, "/")).join_in()
    waiting = asyncio.create_task((await Page.open(bobs, "/")).connect())
    # Others go on meanwhile.
    await enter(cast.ann, "/")
    assert not waiting.done()
    waiting.cancel()
    monkeypatch.setattr(turns, "WITHIN", 0.0)
    with pytest.raises(Refused):
        await (await Page.open(bobs, "/")).connect()
