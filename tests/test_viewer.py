"""One open page: what is written goes out in order, and a server's refusal ends it cleanly."""

import asyncio
from typing import Any

from discuss.live import viewer as viewers
from discuss.live.viewer import OUTBOX_LIMIT, Viewer
from discuss.models import User
from discuss.rendering.audience import Audience
from discuss.server.protocol import CLOSE_FAILED, CLOSE_NORMAL, CLOSE_OVERLOAD, CLOSE_RESTART
from tests.page import eventually


class PlainDaphne:
    """Takes messages as Daphne's own server does: Autobahn raises for the codes that are a server's."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    async def send(self, message: dict[str, Any]) -> None:
        if message["type"] == "websocket.close" and 1000 < message["code"] < 3000:
            raise Exception(f"invalid close code {message['code']}")
        self.sent.append(message)


def viewer_of(server: PlainDaphne) -> Viewer:
    return Viewer(User(pk=1, username="ann"), "session", Audience.everyone(), server.send)


async def test_where_the_server_refuses_the_code_the_page_is_closed_all_the_same():
    server = PlainDaphne()
    viewer = viewer_of(server)
    viewer.end("<p>Last words</p>", CLOSE_RESTART)
    assert server.sent == [
        {"type": "websocket.send", "text": "<p>Last words</p>"},
        {"type": "websocket.close", "code": CLOSE_NORMAL},
    ]
    assert not viewer.is_open


async def test_after_its_end_nothing_is_written():
    server = PlainDaphne()
    viewer = viewer_of(server)
    viewer.close(CLOSE_NORMAL)
    viewer.write("<p>Too late</p>")
    viewer.close(CLOSE_NORMAL)
    assert server.sent == [{"type": "websocket.close", "code": CLOSE_NORMAL}]


async def test_a_page_that_cannot_be_given_a_frame_is_closed_and_not_left_deaf():
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        if "huge" in message.get("text", ""):
            raise ValueError("larger than may go out")
        sent.append(message)

    viewer = Viewer(User(pk=1, username="ann"), "session", Audience.everyone(), send)
    viewer.write("<p>huge</p>")
    viewer.write("<p>After it</p>")
    assert sent == [{"type": "websocket.close", "code": CLOSE_FAILED}]
    assert not viewer.is_open


class SlowServer:
    """Takes one message at a time, when it is told to."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.may_send = asyncio.Event()

    async def send(self, message: dict[str, Any]) -> None:
        await self.may_send.wait()
        self.sent.append(message)


async def test_a_page_that_missed_much_gets_it_however_large_it_is():
    server = SlowServer()
    viewer = Viewer(User(pk=1, username="ann"), "session", Audience.everyone(), server.send)
    viewer.write("x" * 3 * OUTBOX_LIMIT)
    server.may_send.set()
    await eventually(lambda: server.sent)
    assert [message["type"] for message in server.sent] == ["websocket.send"]
    assert viewer.is_open


async def test_one_that_leaves_much_unread_is_closed_when_there_is_more():
    server = SlowServer()
    viewer = Viewer(User(pk=1, username="ann"), "session", Audience.everyone(), server.send)
    viewer.write("x" * 3 * OUTBOX_LIMIT)
    viewer.write("and more")
    server.may_send.set()
    await eventually(lambda: len(server.sent) > 1)
    assert server.sent[-1] == {"type": "websocket.close", "code": CLOSE_OVERLOAD}
    assert not viewer.is_open


# --- slow readers -----------------------------------------------------------------------------------


async def test_a_slow_reader_holds_nobody_and_is_closed_with_1013(monkeypatch):
    monkeypatch.setattr(viewers, "OUTBOX_LIMIT", 1000)
    sent: list[dict[str, Any]] = []
    may_go_on = asyncio.Event()

    async def send(message: dict[str, Any]) -> None:
        await may_go_on.wait()
        sent.append(message)

    slow = Viewer(User(pk=1, username="ann"), "key", Audience.everyone(), send)
    for number in range(20):
        slow.write(f"{number:090}")
    assert not slow.is_open
    # All that waited is forgotten but what the server was given already: the reader will catch up.
    may_go_on.set()
    await eventually(lambda: sent and sent[-1]["type"] == "websocket.close")
    assert [message.get("code") for message in sent] == [None, CLOSE_OVERLOAD]
    slow.write("More")
    slow.close(1000)
    assert len(sent) == 2


async def test_a_reader_that_keeps_up_gets_everything_in_order(monkeypatch):
    monkeypatch.setattr(viewers, "OUTBOX_LIMIT", 1000)
    sent: list[str] = []

    async def send(message: dict[str, Any]) -> None:
        await asyncio.sleep(0)
        sent.append(message.get("text", "closed"))

    reader = Viewer(User(pk=1, username="ann"), "key", Audience.everyone(), send)
    for number in range(100):
        reader.write(f"{number:090}")
        await eventually(lambda: sent and sent[-1] == f"{number:090}")  # noqa: B023
    reader.end("Good bye", 1012)
    await eventually(lambda: sent[-1] == "closed")
    assert sent == [*(f"{number:090}" for number in range(100)), "Good bye", "closed"]


async def test_a_reader_who_is_gone_disturbs_nobody():
    async def send(message: dict[str, Any]) -> None:
        raise ConnectionError("gone")

    gone = Viewer(User(pk=1, username="ann"), "key", Audience.everyone(), send)
    gone.write("Hello")
    gone.write("Hello?")
    assert not gone.is_open
