"""A `Page` stands for one open page of a browser: its document, its socket, and what htmx does with both.

The document comes from the real view, the socket speaks to the real ASGI application, and incoming frames
change the document as htmx 2.0.10 changes it (`oobSwap`) with its ws extension 2.0.4. Where htmx would
report an error, and where a frame breaks our own contract, `Broken` is raised.

What the server sent waits until `read()`, as it waits in a network: a page that disconnects without
reading loses it.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urljoin

import lxml.html
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.test import Client
from lxml.html import HtmlElement

from discuss.live.hub import hub
from discuss.live.pool import in_worker
from discuss.models import User
from project.asgi import application
from tests.cast import log_in

# Seconds that anything may take before a test gives up on it.
PATIENCE = 5.0


class Broken(AssertionError):
    """A frame that htmx, or our contract with it, cannot take."""


class Refused(Exception):
    """The handshake was refused."""


class Page:
    def __init__(self, client: Client, path: str, html: str) -> None:
        self.client = client
        self.path = path
        self.document: HtmlElement = lxml.html.document_fromstring(html)
        # Every frame that was read so far, of all its sockets.
        self.frames: list[str] = []
        # What the server closed the latest socket with; None while that is open.
        self.close_code: int | None = None
        # The id of the element that took the focus last, by autofocus in a frame.
        self.focus: str | None = None
        self._socket: WebsocketCommunicator | None = None
        # Closed by the server: the application still has to hear of it.
        self._closed: list[WebsocketCommunicator] = []

    @classmethod
    async def open(cls, client: Client, path: str) -> "Page":
        """Load the page over HTTP. Its socket is not connected yet."""
        response = await in_worker(client.get, path)
        if response.status_code != 200:
            raise AssertionError(f"{path} answered {response.status_code}")
        return cls(client, path, response.content.decode())

    # --- the socket ---------------------------------------------------------------------------------

    @property
    def is_connected(self) -> bool:
        return self._socket is not None

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
        form = self.element(form_id)
        headers = {
            "HX-Request": "true",
            "HX-Trigger": form_id,
            "HX-Trigger-Name": None,
            "HX-Target": form_id,
            "HX-Current-URL": urljoin(settings.PUBLIC_URL, self.path),
        }
        self.send(json.dumps({**self.values(form), **values, "HEADERS": headers}))

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
                self.frames.append(message["text"])
                self.swap(message["text"])
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
        await self.until(lambda page: page.close_code or len(page.frames) > count)

    async def post(self, text: str) -> None:
        """Write a message and wait for the answer: a fresh composer, or what was wrong."""
        before = self.field("nonce")
        self.element("composer-text").set("value", text)
        self.submit("post-form")
        await self.until(lambda page: page.close_code or page.field("nonce") != before)

    def leave(self) -> None:
        self.submit("leave-form")

    def ask_older(self) -> None:
        self.submit("older-form")

    # --- the document -------------------------------------------------------------------------------

    @property
    def log(self) -> list[str]:
        """The lines it shows, each as HTML."""
        return [outer(line) for line in self.element("log")]

    @property
    def texts(self) -> list[str]:
        """The text of each message it shows; None of the events."""
        found = self.document.xpath("//ol[@id='log']/li//p[contains(@class, 'text')]")
        return [text(paragraph) for paragraph in found]

    @property
    def cursor(self) -> int:
        return int(self.element("cursor").get("value") or 0)

    @property
    def oldest(self) -> int:
        return int(self.element("oldest").get("value") or 0)

    @property
    def has_older(self) -> bool:
        return self.element("older").get("hx-trigger") is not None

    @property
    def notice(self) -> str:
        return text(self.element("notice"))

    def has(self, element_id: str) -> bool:
        return bool(self.document.xpath("//*[@id=$id]", id=element_id))

    def element(self, element_id: str) -> HtmlElement:
        found = self.document.xpath("//*[@id=$id]", id=element_id)
        if len(found) != 1:
            raise Broken(f"{len(found)} elements have the id {element_id}")
        return found[0]

    def field(self, name: str) -> str | None:
        """The value of the composer's field, or None where there is no composer any more."""
        found = self.element("composer").xpath(".//input[@name=$name]", name=name)
        return found[0].get("value") if found else None

    def values(self, form: HtmlElement) -> dict[str, Any]:
        """What htmx sends for a form: its fields, wherever they stand, and those of hx-include."""
        fields = self.document.xpath(
            "//input[@form=$id or ancestor::form[@id=$id]]", id=form.get("id")
        )
        included = form.get("hx-include")
        if included:
            fields += self.find(included)
        sent: dict[str, Any] = {}
        for each in fields:
            name, value = each.get("name"), each.get("value", "")
            # One name twice becomes a list, as in FormData.
            sent[name] = [*_as_list(sent[name]), value] if name in sent else value
        return sent

    def swap(self, frame: str) -> None:
        """Do to the document what htmx does with this frame."""
        for element in lxml.html.fragments_fromstring(frame):
            if isinstance(element, str):
                if element.strip():
                    raise Broken(f"Text outside of any element: {element!r}")
            elif isinstance(element.tag, str):  # and not a comment
                self._swap_out_of_band(element)
        ids = self.document.xpath("//@id")
        if len(ids) != len(set(ids)):
            raise Broken(f"An id is there twice after {frame}")

    def _swap_out_of_band(self, element: HtmlElement) -> None:
        how = element.attrib.pop("hx-swap-oob", None)
        if how is None:
            raise Broken(f"A top-level element that is no out-of-band swap: {outer(element)}")
        if element.tail and element.tail.strip():
            raise Broken(f"Text outside of any element: {element.tail!r}")
        element.tail = None
        style, _, selector = how.partition(":")
        targets = self.find(selector or f"#{element.get('id')}")
        if len(targets) != 1:
            raise Broken(f"{len(targets)} targets for {how} of {outer(element)[:200]}")
        _STYLES["outerHTML" if style == "true" else style](targets[0], element)
        focused = element.xpath("descendant-or-self::*[@autofocus]/@id")
        if focused or element.xpath("descendant-or-self::*[@autofocus]"):
            self.focus = focused[0] if focused else element.get("id")

    def find(self, selector: str) -> list[HtmlElement]:
        """Find what a CSS selector of our templates means: `#id`, or a chain of `tag > tag`."""
        if selector.startswith("#"):
            return self.document.xpath("//*[@id=$id]", id=selector[1:])
        return self.document.xpath("//" + selector.replace(" > ", "/"))


async def visit(user: User, path: str) -> Page:
    """Log this person in, in a browser of their own, and open a page there."""
    return await Page.open(await in_worker(log_in, user), path)


async def enter(user: User, path: str) -> Page:
    """Open a page for this person, and wait until it is live."""
    page = await visit(user, path)
    await page.join_in()
    return page


def dial(
    path: str, client: Client | None = None, *, origin: str | None = ""
) -> WebsocketCommunicator:
    """Return a socket to `path`, not connected yet, as a browser would open it.

    Its `origin` is our own where none is given; None leaves the header out.
    """
    headers = [(b"host", settings.PUBLIC_URL.partition("://")[2].encode())]
    if origin is not None:
        headers.append((b"origin", (origin or settings.PUBLIC_URL).encode()))
    if client is not None:
        cookies = "; ".join(f"{name}={cookie.value}" for name, cookie in client.cookies.items())
        headers.append((b"cookie", cookies.encode()))
    return WebsocketCommunicator(application, path, headers=headers)


async def fresh_log(page: Page) -> list[str]:
    """Return the lines that a fresh load would show, from the oldest line of `page` on."""
    fresh = await Page.open(page.client, page.path)
    lines, oldest = fresh.log, fresh.oldest
    while oldest > page.oldest:
        older = await Page.open(page.client, f"{page.path}?before={oldest}")
        lines, oldest = older.log + lines, older.oldest
    first = next((n for n, line in enumerate(lines) if _is_first_of(page, line)), 0)
    return lines[first:]


async def settled() -> None:
    """Wait until the hub has answered every bell that was heard."""
    await eventually(lambda: hub.is_idle)


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


def outer(element: HtmlElement) -> str:
    return lxml.html.tostring(element, encoding="unicode", with_tail=False)


def text(element: HtmlElement) -> str:
    """Return what one reads in an element, with single spaces."""
    return " ".join(element.text_content().split())


def _is_first_of(page: Page, line: str) -> bool:
    return bool(page.log) and _id_of(line) == _id_of(page.log[0])


def _id_of(line: str) -> str | None:
    return lxml.html.fragment_fromstring(line).get("id")


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _replace(target: HtmlElement, element: HtmlElement) -> None:
    element.tail = target.tail
    parent = target.getparent()
    assert parent is not None
    parent.replace(target, element)


def _empty_and_fill(target: HtmlElement, element: HtmlElement) -> None:
    for child in list(target):
        target.remove(child)
    target.text = element.text
    target.extend(list(element))


def _append(target: HtmlElement, element: HtmlElement) -> None:
    target.extend(list(element))


def _prepend(target: HtmlElement, element: HtmlElement) -> None:
    for child in reversed(list(element)):
        target.insert(0, child)


def _put_after(target: HtmlElement, element: HtmlElement) -> None:
    for child in reversed(list(element)):
        target.addnext(child)


def _delete(target: HtmlElement, element: HtmlElement) -> None:
    target.drop_tree()


# What htmx calls a swap style, to how it changes the target. All but outerHTML use the element's content.
_STYLES: dict[str, Callable[[HtmlElement, HtmlElement], None]] = {
    "outerHTML": _replace,
    "innerHTML": _empty_and_fill,
    "beforeend": _append,
    "afterbegin": _prepend,
    "afterend": _put_after,
    "delete": _delete,
}
