"""People at a real server: their browsers, as far as a socket and its log go."""

import asyncio
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from typing import Any

import lxml.html
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from deploy.cluster import Cluster
from tests.server import Server

PASSWORD = "correct horse battery staple"
# Seconds that anything may take on a slow machine.
PATIENCE = 60.0


class Browser:
    """A person's browser: cookies, forms, and a group's page with its log."""

    def __init__(self, server: Server | Cluster) -> None:
        self.server = server
        self.cookies = CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        self.path = ""
        self.cursor: dict[str, str] = {}
        self.texts: list[str] = []

    async def get(self, path: str) -> str:
        return await asyncio.to_thread(self._request, path, None)

    async def until_ready(self) -> str:
        """Ask /readyz until it says so: on a busy machine a database may be late for it."""
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    return await self.get("/readyz")
                except urllib.error.HTTPError as error:
                    error.close()

    async def submit(self, path: str, action: str = "", **values: str) -> str:
        """Load a page, fill in its form, and send that to `action`."""
        page: Any = lxml.html.document_fromstring(await self.get(path))
        (token, *_) = page.xpath("//input[@name='csrfmiddlewaretoken']/@value")
        data = urllib.parse.urlencode({**values, "csrfmiddlewaretoken": token}).encode()
        return await asyncio.to_thread(self._request, action or path, data)

    def _request(self, path: str, data: bytes | None) -> str:
        headers = {"Referer": self.server.url + path, "Origin": self.server.url}
        request = urllib.request.Request(self.server.url + path, data, headers)  # noqa: S310
        with self._opener.open(request, timeout=PATIENCE) as response:
            self.path = urllib.parse.urlsplit(response.url).path
            body: str = response.read().decode()
            return body

    async def sign_up(self, name: str) -> None:
        await self.submit(
            "/accounts/signup/", username=name, password1=PASSWORD, password2=PASSWORD
        )
        assert self.path == "/"

    async def load(self, path: str) -> None:
        page: Any = lxml.html.document_fromstring(await self.get(path))
        self.group = path
        self.cursor = {
            name: page.xpath(f"//input[@id='{name}']/@value")[0]
            for name in ("cursor", "epoch", "oldest", "sight")
        }
        self.texts = []

    def dial(self, path: str = "") -> connect:
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.cookies)
        return connect(
            self.server.url.replace("http", "ws") + (path or f"/ws{self.group}"),
            origin=Origin(self.server.url),
            additional_headers={"Cookie": cookies},
            open_timeout=PATIENCE,
        )

    async def resume(self, socket: ClientConnection) -> None:
        await socket.send(json.dumps({"verb": "resume", **self.cursor, "HEADERS": {}}))

    async def post(self, socket: ClientConnection, text: str, nonce: str) -> None:
        await socket.send(json.dumps({"verb": "post", "text": text, "nonce": nonce}))

    async def hear(self, socket: ClientConnection, last: str) -> None:
        """Read until the message `last` has come."""
        async with asyncio.timeout(PATIENCE):
            while last not in self.texts:
                self._take(str(await socket.recv()))

    async def hear_status(self, socket: ClientConnection) -> None:
        """Read until the page is live."""
        async with asyncio.timeout(PATIENCE):
            while 'id="status"' not in str(await socket.recv()):
                pass

    def _take(self, frame: str) -> None:
        added = re.search(r'<ol hx-swap-oob="beforeend:#log">.*?</ol>', frame, re.DOTALL)
        if added:
            log: Any = lxml.html.fromstring(added[0])
            self.texts += [text.text_content() for text in log.xpath(".//*[@class='text']")]
        moved = re.search(r'id="cursor"[^>]*\svalue="(\d+)"', frame)
        if moved:
            self.cursor["cursor"] = moved[1]


async def gathered(server: Server | Cluster, *names: str, group: str = "Kitchen") -> list[Browser]:
    """Return browsers of these people, each with the page of a group of theirs, which the first has made."""
    browsers = [Browser(server) for _ in names]
    for browser, name in zip(browsers, names, strict=True):
        await browser.sign_up(name)
    owner, *others = browsers
    await owner.submit("/groups/new/", name=group)
    path = owner.path
    for other in others:
        await other.submit("/", f"{path}join/")
    for browser in browsers:
        await browser.load(path)
    return browsers


async def close_code(socket: ClientConnection) -> int | None:
    """Read on until the server closes the socket, and return the code it gave."""
    async with asyncio.timeout(PATIENCE):
        try:
            while True:
                await socket.recv()
        except ConnectionClosed as end:
            return end.rcvd.code if end.rcvd else None
