"""A `Page` stands for one open page of a browser: its document, its socket, and what htmx does with both.

The document comes from the real view, and the socket speaks to the real ASGI application.

What the server sent waits until `read()`, as it waits in a network: a page that disconnects without
reading loses it.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings
from django.test import Client

from discuss.db.workers import in_worker
from discuss.live.hub import hub
from discuss.models import User
from discuss.rendering import fragments, kept
from project.asgi import application
from tests.cast import log_in
from tests.document import Broken, Document
from tests.ways import Socket, heard

# Seconds that anything may take, on a slow machine, before a test gives up on it.
PATIENCE = 60.0


class Refused(Exception):
    """The handshake was refused."""


class Page(Document):
    def __init__(self, client: Client, path: str, html: str) -> None:
        super().__init__(html)
        self.client = client
        self.path = path
        # Every frame that was read so far, of all its sockets.
        self.frames: list[str] = []
        # By which ways they came (tests/ways.py).
        self.ways: set[str] = set()
        # What the server closed the latest socket with; None while that is open.
        self.close_code: int | None = None
        self._socket: Socket | None = None
        # Closed by the server: the application still has to hear of it.
        self._closed: list[Socket] = []

    @classmethod
    async def open(cls, client: Client, path: str) -> "Page":
        """Load the page over HTTP. Its socket is not connected yet.

        What it shows is rendered for it, so that it tells a line that was kept from one that is right.
        """
        kept.forget()
        response = await in_worker(client.get, path)
        if response.status_code != 200:
            raise AssertionError(f"{path} answered {response.status_code}")
        return cls(client, path, response.content.decode())

    # --- the socket ---------------------------------------------------------------------------------

    @property
    def is_connected(self) -> bool:
        return self._socket is not None

    @property
    def is_heard(self) -> bool:
        """Whether the application has dealt with all that was sent: it waits for more, or has ended."""
        if self._socket is None or self._socket.future.done():
            return True
        frames = self._socket.input_queue
        return frames.empty() and any(not getter.done() for getter in frames._getters)

    async def connect(self, *, resumes: bool = True) -> None:
        """Open the socket, for the first time or again, and resume from where the document stands.

        Raises Refused. Without `resumes` nothing is sent.
        """
        self.close_code = None
        path = self.element("live").get("ws-connect")
        assert path is not None
        socket = dial(path, self.client)
        is_accepted, _ = await socket.connect(PATIENCE)
        if not is_accepted:
            raise Refused(path)
        self._socket = socket
        if resumes:
            self.submit("resume-form")

    async def disconnect(self) -> None:
        """Lose the connection, and with it what was not read."""
        socket, self._socket = self._socket, None
        if socket is not None:
            socket.input_queue.put_nowait({"type": "websocket.disconnect", "code": 1006})
            await socket.wait(PATIENCE)

    def send(self, frame: str | bytes) -> None:
        """Send a frame just as it is."""
        if self._socket is None:
            raise AssertionError("This page is not connected.")
        kind = "text" if isinstance(frame, str) else "bytes"
        self._socket.input_queue.put_nowait({"type": "websocket.receive", kind: frame})

    def submit(self, form_id: str, **values: Any) -> None:
        """Send a form as `ws-send` does; `values` stand in for the fields of these names, or a button."""
        self.send(self.frame(form_id, urljoin(settings.PUBLIC_URL, self.path), **values))

    def read(self) -> None:
        """Take what the server has sent so far into the document."""
        while self._socket is not None and not self._socket.output_queue.empty():
            message = self._socket.output_queue.get_nowait()
            if message["type"] == "websocket.close":
                self.close_code = message.get("code", 1000)
                # The server, not the application, answers a close with this.
                self._socket.input_queue.put_nowait(
                    {"type": "websocket.disconnect", "code": self.close_code}
                )
                self._closed.append(self._socket)
                self._socket = None
            else:
                frame, way = heard(message)
                self.frames.append(frame)
                self.ways.add(way)
                self.swap(frame)
                # As htmx does: there was not room for all in one frame.
                if 'id="more-form"' in frame and self.element("more-form").get("hx-trigger"):
                    self.submit("more-form")
        if self._socket is not None and self._socket.future.done():
            self._socket.future.result()
            raise Broken("The application ended without closing the socket.")

    async def until(self, condition: Callable[["Page"], Any]) -> Any:
        """Read until the condition holds for this page, and return what it returned."""

        def look() -> Any:
            self.read()
            return condition(self)

        return await eventually(look, lambda: "\n".join(["It heard:", *self.frames]))

    # --- what a person does -------------------------------------------------------------------------

    async def join_in(self) -> None:
        """Connect, and wait until the page is among the live ones, or closed."""
        count = len(self.frames)
        await self.connect()
        # A lobby that is up to date gets no more than its sign of life.
        await self.until(lambda page: page.close_code or any(map(_is_sign, page.frames[count:])))

    def write(self, text: str, draft: str = "") -> None:
        """Write a message and press Enter."""
        super().write(text, draft or fragments.draft())
        self.submit("send-form")

    def write_offline(self, text: str) -> None:
        """Write a message and press Enter while nothing is connected."""
        super().write(text, fragments.draft())

    async def send_again(self) -> None:
        """Press the button beside the oldest message that was refused."""
        form = self.element("refused")[0]
        data = {"nonce": form.find("input").get("value"), "text": form.find("textarea").text}
        response = await in_worker(
            self.client.post, form.get("hx-post"), data, headers={"HX-Request": "true"}
        )
        refused = "HX-Retarget" in response.headers
        self.put(form.find("p") if refused else form, response.content.decode())

    async def post(self, text: str) -> None:
        """Write a message and wait for the answer: it is stored, or what was wrong."""
        self.write(text)
        await self.until(lambda page: page.close_code or not page.sent)

    def leave_group(self, uuid: UUID) -> None:
        """Leave a group from the lobby, as a page of a version before does."""
        self.send(json.dumps({"verb": "leave", "group": str(uuid)}))

    def leave(self) -> None:
        self.submit("leave-form")

    def ask_older(self) -> None:
        self.submit("older-form")

    def ask_newer(self) -> None:
        self.submit("newer-form")


def _is_sign(frame: str) -> bool:
    return 'id="status"' in frame


async def visit(user: User, path: str) -> Page:
    """Log this person in, in a browser of their own, and open a page there."""
    return await Page.open(await in_worker(log_in, user), path)


async def enter(user: User, path: str) -> Page:
    """Open a page for this person, and wait until it is live."""
    page = await visit(user, path)
    await page.join_in()
    return page


def dial(path: str, client: Client | None = None, *, origin: str | None = "") -> Socket:
    """Return a socket to `path`, not connected yet, as a browser would open it.

    Its `origin` is our own where none is given; None leaves the header out.
    """
    headers = [(b"host", settings.PUBLIC_URL.partition("://")[2].encode())]
    if origin is not None:
        headers.append((b"origin", (origin or settings.PUBLIC_URL).encode()))
    if client is not None:
        cookies = "; ".join(f"{name}={cookie.value}" for name, cookie in client.cookies.items())
        headers.append((b"cookie", cookies.encode()))
    socket = Socket(application, path, headers)
    if client is not None and "REMOTE_ADDR" in client.defaults:
        # It comes from where its browser is.
        socket.scope["client"] = [client.defaults["REMOTE_ADDR"], 40_000]
    return socket


async def fresh_log(page: Page, loads: dict[str, Page] | None = None) -> list[str]:
    """Return the lines that a fresh load would show, from the oldest line of `page` on.

    `loads` keeps what was loaded by this person, for their next page, as long as nothing changes.
    """
    loads = {} if loads is None else loads

    async def load(query: str) -> Page:
        # Pages of lines have longer addresses.
        path = "/".join(page.path.split("/")[:3]) + f"/{query}"
        if path not in loads:
            loads[path] = await Page.open(page.client, path)
        return loads[path]

    fresh = await load("")
    lines, oldest = fresh.log, fresh.oldest
    while oldest > page.oldest:
        older = await load(f"?before={oldest}")
        lines, oldest = older.log + lines, older.oldest
    return page.from_its_oldest(lines)


async def settled() -> None:
    """Wait until the hub has answered every bell that was heard."""
    await eventually(lambda: hub.subscriptions.is_idle)


async def eventually(
    condition: Callable[[], Any],
    explain: Callable[[], str] = lambda: "",
    patience: float = PATIENCE,
) -> Any:
    """Wait until `condition`, or the awaitable it returns, holds; return what it held."""
    deadline = time.monotonic() + patience
    while True:
        held = condition()
        if isinstance(held, Awaitable):
            held = await held
        if held:
            return held
        if time.monotonic() > deadline:
            raise AssertionError(f"This did not happen in {patience} seconds. {explain()}")
        await asyncio.sleep(0.003)
