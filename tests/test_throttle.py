"""What one browser asks for waits behind what it asked for before, and keeps no other one waiting."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.asgi import get_asgi_application
from pytest_django import Settings

from discuss.accounts.sessions import FOUND
from discuss.db.workers import in_worker
from discuss.edges import lanes, throttle
from discuss.limits import Limits, limits
from tests.cast import Cast, log_in
from tests.page import Page, Refused, enter, eventually

Scope = dict[str, Any]

WHOLE: Scope = {"type": "http.request", "body": b"", "more_body": False}
KINDS = ("request", "request_stranger", "request_address")


def scope(cookie: str = "", address: str = "10.0.0.1", path: str = "/") -> Scope:
    headers = [(b"cookie", cookie.encode())] if cookie else []
    client = [address, 1] if address else None
    return {"type": "http", "path": path, "headers": headers, "client": client}


@pytest.fixture(autouse=True)
def fresh(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.RATE_LIMITS = dict.fromkeys(KINDS, (1000, 0.001))
    monkeypatch.setattr(throttle, "_found", {})
    monkeypatch.setattr(throttle, "APART", 0.0)
    fresh = Limits()
    for name in ("_full_at", "_untold"):
        monkeypatch.setattr(limits, name, getattr(fresh, name))


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long each waited that had to, while the clock stands still."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr("discuss.limits.monotonic", lambda: 1000.0)
    monkeypatch.setattr(lanes, "sleep", sleep)
    return slept


class Pages:
    """An application whose answers take until they are let go."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.go = asyncio.Event()
        self.sessions: set[str] = set()

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        assert (await receive())["type"] == "http.request"
        self.begun.append(scope["path"])
        if scope["path"] == "/fails/":
            raise ZeroDivisionError
        if any(each in str(scope["headers"]) for each in self.sessions):
            scope[FOUND] = True
        await self.go.wait()


@pytest.fixture
def pages() -> Pages:
    return Pages()


class Asked:
    """A request, which is answered by the pages, or before them."""

    def __init__(self, pages: Pages, scope: Scope, *parts: Scope) -> None:
        self.sent: list[Scope] = []
        self.messages: asyncio.Queue[Scope] = asyncio.Queue()
        for part in parts or [WHOLE]:
            self.messages.put_nowait(part)
        answering = throttle.answer_throttled(pages, scope, self.messages.get, self._send)
        self.task = asyncio.create_task(answering)

    async def _send(self, message: Scope) -> None:
        self.sent.append(message)

    def go_away(self) -> None:
        self.messages.put_nowait({"type": "http.disconnect"})


@pytest.fixture
def ask(settings: Settings, pages: Pages) -> Callable[..., Asked]:
    """Ask for a page, with a session of this name."""

    def ask(session: str = "", **others: str) -> Asked:
        cookie = f"a=b; {settings.SESSION_COOKIE_NAME}={session}" if session else ""
        return Asked(pages, scope(cookie, **others))

    return ask


Ask = Callable[..., Asked]


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def end(asked: list[Asked]) -> list[int]:
    """Wait for all, and return with which statuses they were refused that were."""
    await asyncio.gather(*(each.task for each in asked))
    assert not throttle.requests.lanes
    return [each.sent[0]["status"] for each in asked if each.sent]


# --- at a time ------------------------------------------------------------------------------------------


async def test_of_one_browser_so_many_are_answered_at_a_time_and_of_others_as_many(
    pages: Pages, ask: Ask
):
    asked = [ask("ann", path=f"/ann/{n}") for n in range(5)] + [ask("bob", path="/bob")]
    await settle()
    assert sorted(pages.begun) == ["/ann/0", "/ann/1", "/bob"]
    pages.go.set()
    assert await end(asked) == []
    assert sorted(pages.begun) == [*(f"/ann/{n}" for n in range(5)), "/bob"]


async def test_the_second_begins_when_the_first_has_ended(
    pages: Pages, ask: Ask, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(throttle, "APART", 1000.0)
    first = ask("ann", path="/first")
    second = ask("ann", path="/second")
    bobs = ask("bob", path="/bob")
    await settle()
    assert pages.begun == ["/first", "/bob"]
    pages.go.set()
    assert await end([first, second, bobs]) == []


async def test_strangers_do_not_wait_for_each_other(
    pages: Pages, ask: Ask, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(throttle, "APART", 1000.0)
    asked = [ask(path=f"/{n}") for n in range(2)]
    await settle()
    assert pages.begun == ["/0", "/1"]
    pages.go.set()
    assert await end(asked) == []


@pytest.mark.parametrize("gives_up", [False, True])
async def test_the_second_begins_when_the_first_takes_long(
    pages: Pages, ask: Ask, monkeypatch: pytest.MonkeyPatch, gives_up: bool
):
    monkeypatch.setattr(throttle, "APART", 0.02)
    asked = [ask("ann", path=f"/{n}") for n in range(4)]
    await settle()
    assert pages.begun == ["/0"]
    if gives_up:
        asked[1].task.cancel()
        await asyncio.gather(asked[1].task, return_exceptions=True)
    await eventually(lambda: len(pages.begun) == throttle.AT_A_TIME)
    assert pages.begun == (["/0", "/2"] if gives_up else ["/0", "/1"])
    pages.go.set()
    await asyncio.gather(*(each.task for each in asked), return_exceptions=True)
    assert not throttle.requests.lanes
    assert set(pages.begun) == {"/0", "/2", "/3"} | (set() if gives_up else {"/1"})


async def test_without_a_session_those_of_an_address_share_a_lane(pages: Pages, ask: Ask):
    asked = [ask(address="10.0.0.1") for _ in range(7)] + [ask(address="10.0.0.2"), ask("ann")]
    await settle()
    assert len(pages.begun) == throttle.STRANGERS_AT_A_TIME + 2
    pages.go.set()
    assert await end(asked) == []


async def test_where_nobody_can_be_told_there_is_no_lane(pages: Pages, ask: Ask):
    asked = [ask(address="") for _ in range(9)]
    await settle()
    assert len(pages.begun) == 9
    pages.go.set()
    await end(asked)


@pytest.mark.parametrize("setting", ["RATE_LIMITS", "DEBUG"])
async def test_without_limits_and_for_designers_there_is_none(
    pages: Pages, ask: Ask, settings: Settings, setting: str
):
    setattr(settings, setting, {"RATE_LIMITS": {}, "DEBUG": True}[setting])
    asked = [ask("ann") for _ in range(throttle.LENGTH + 3)]
    await settle()
    assert len(pages.begun) == len(asked)
    pages.go.set()
    await end(asked)


async def test_what_fails_leaves_its_slot_to_others(pages: Pages, ask: Ask):
    pages.go.set()
    asked = [ask("ann", path="/fails/") for _ in range(3)]
    with pytest.raises(ZeroDivisionError):
        await end(asked)
    await settle()
    assert len(pages.begun) == 3
    assert not throttle.requests.lanes


async def test_who_goes_away_while_waiting_is_not_answered(pages: Pages, ask: Ask):
    asked = [ask("ann", path=f"/{n}") for n in range(4)]
    await settle()
    asked[2].go_away()
    await asked[2].task
    pages.go.set()
    await end(asked)
    assert pages.begun == ["/0", "/1", "/3"]


async def test_of_a_body_in_parts_one_is_taken_while_it_waits(pages: Pages):
    asked = [Asked(pages, scope()) for _ in range(throttle.STRANGERS_AT_A_TIME)]
    late = Asked(pages, scope(), *[{**WHOLE, "more_body": True}] * 5)
    await settle()
    assert late.messages.qsize() == 4
    pages.go.set()
    await end([*asked, late])
    assert late.messages.qsize() == 4


async def test_what_is_cancelled_while_it_waits_leaves_its_slot_too(pages: Pages, ask: Ask):
    asked = [ask("ann", path=f"/{n}") for n in range(4)]
    await settle()
    asked[2].task.cancel()
    await settle()
    pages.go.set()
    await end([*asked[:2], asked[3]])
    assert pages.begun == ["/0", "/1", "/3"]


# --- how often ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "sessions"), [("request", 1), ("request_address", 20), ("request_stranger", 0)]
)
async def test_what_is_too_fast_waits_until_it_is_not(
    pages: Pages, ask: Ask, settings: Settings, slept: list[float], kind: str, sessions: int
):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, kind: (3, 1.0)}
    pages.go.set()
    asked = [ask(f"ann{n % sessions}" if sessions else "") for n in range(6)]
    assert await end(asked) == []
    assert len(pages.begun) == 6
    assert slept == pytest.approx([1.0, 2.0, 3.0])


async def test_very_many_of_an_address_are_refused_whatever_sessions_they_bring(
    pages: Pages,
    ask: Ask,
    settings: Settings,
    slept: list[float],
    caplog: pytest.LogCaptureFixture,
):
    settings.RATE_LIMITS = {"request_address": (1, throttle.REQUEST_WITHIN / 4)}
    pages.go.set()
    asked = [ask(f"made-up-{n}") for n in range(10)]
    assert await end(asked) == [429] * 5
    assert len(pages.begun) == 5
    assert slept == pytest.approx([throttle.REQUEST_WITHIN * n / 4 for n in (1, 2, 3, 4)])
    told = [each for each in caplog.records if each.levelno == logging.WARNING]
    assert [each.getMessage() for each in told] == ["/ is refused: too much waits already."] * 5


async def test_those_whose_session_was_found_do_not_wait_for_their_neighbours(
    pages: Pages, ask: Ask, settings: Settings, slept: list[float]
):
    pages.sessions = {"of-ann", "of-bob"}
    pages.go.set()
    settings.RATE_LIMITS = {"request": (1000, 0.001)}
    await end([ask("of-ann")])
    settings.RATE_LIMITS = {"request_address": (1, 1000.0)}
    assert await end([ask("made-up-1"), ask("made-up-2")]) == [429]
    assert await end([ask("of-ann"), ask("of-bob")]) == [429]
    assert not slept


async def test_as_many_are_remembered_as_were_found_lately(
    pages: Pages, ask: Ask, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(throttle, "FOUND_KEPT", 2)
    pages.sessions = {"of-"}
    pages.go.set()
    found = []
    for name in ("of-ann", "of-bob", "of-ann", "of-cat"):
        await end([ask(name)])
        found.append([*throttle._found])
    ann, bob, cat = found[0][0], found[1][1], found[3][1]
    assert found == [[ann], [ann, bob], [bob, ann], [ann, cat]]


async def test_very_many_that_wait_are_refused(pages: Pages, ask: Ask):
    asked = [ask("ann") for _ in range(throttle.LENGTH + 3)]
    await settle()
    refused = [each.sent for each in asked if each.task.done()]
    assert len(refused) == 3
    for start, body in refused:
        headers = dict(start["headers"])
        assert start["status"] == 429
        assert headers[b"cache-control"] == b"no-store"
        assert headers[b"retry-after"] == b"1"
        assert headers[b"connection"] == b"close"
        assert b"Go back to what you wrote" in body["body"]
    pages.go.set()
    await end(asked)


# --- files ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "waits"),
    [
        ("/static/base.css", False),
        ("/static/nothing.css", True),
        ("/static/", True),
        ("/static/../secret", True),
        ("/static/\0", True),
        ("/static/" + "x" * 5000, True),
    ],
)
async def test_files_of_the_site_wait_for_nothing_and_what_is_none_does(
    pages: Pages, ask: Ask, settings: Settings, tmp_path: Path, path: str, waits: bool
):
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    (settings.STATIC_ROOT / "base.css").touch()
    (tmp_path / "secret").touch()
    asked = [ask("ann", path=path) for _ in range(5)]
    await settle()
    assert len(pages.begun) == (throttle.AT_A_TIME if waits else 5)
    pages.go.set()
    await end(asked)


# --- sessions -------------------------------------------------------------------------------------------


async def test_no_other_process_is_told_of_a_session(
    pages: Pages, ask: Ask, settings: Settings, slept: list[float]
):
    settings.RATE_LIMITS = {"request": (1, 1.0)}
    pages.go.set()
    await end([ask("secret-of-ann") for _ in range(3)])
    taken = limits.untold()
    assert [tokens for _, _, tokens in taken] == [3]
    assert "secret" not in str(taken)


@pytest.mark.parametrize("cookie", [b"\xff\xfe", b"a", b"=;=;", b'x="\\'])
def test_odd_cookies_are_none(cookie: bytes):
    asked = {**scope(), "headers": [(b"cookie", cookie)]}
    assert throttle.of_request(asked) == throttle.of_request(scope())


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("live")
async def test_who_is_logged_in_is_found(cast: Cast, settings: Settings):
    def asked(session: str) -> Scope:
        client = log_in(cast.bob) if session == "bobs" else None
        key = client.cookies[settings.SESSION_COOKIE_NAME].value if client else session
        return scope(f"{settings.SESSION_COOKIE_NAME}={key}")

    django = get_asgi_application()
    found = []
    for name in ("bobs", "x" * 32):
        asking = (await in_worker(asked, name)) | {
            "method": "GET",
            "query_string": b"",
            "http_version": "1.1",
        }
        asking["headers"].append((b"host", b"127.0.0.1"))
        await Asked(django, asking).task  # type: ignore[arg-type]
        found.append(asking.get(FOUND, False))
    assert found == [True, False]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("live")
async def test_sockets_of_a_browser_open_in_its_lane(
    cast: Cast, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(throttle.handshakes, "_within", 2000.0)
    settings.RATE_LIMITS = {"handshake": (2, 1000.0)}
    bobs = await in_worker(log_in, cast.bob)
    for _ in range(2):
        await (await Page.open(bobs, "/")).join_in()
    waiting = asyncio.create_task((await Page.open(bobs, "/")).connect())
    # Others go on meanwhile.
    await enter(cast.ann, "/")
    assert not waiting.done()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    monkeypatch.setattr(throttle.handshakes, "_within", 0.0)
    with pytest.raises(Refused):
        await (await Page.open(bobs, "/")).connect()
