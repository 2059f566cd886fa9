"""The whole of it as people run it: a real Daphne, real sockets, a restart in the middle."""

import asyncio
import contextlib
import json
import os
import re
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin

from discuss.live import pool
from tests.server import Server

PASSWORD = "correct horse battery staple"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("server"))
    server.manage("migrate", "--no-input", "-v0")
    server.start()
    yield server
    server.stop()


class Browser:
    """A person's browser: cookies, forms, and a group's page with its log."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.cookies = CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        self.path = ""
        self.cursor: dict[str, str] = {}
        self.texts: list[str] = []

    async def get(self, path: str) -> str:
        return await asyncio.to_thread(self._request, path, None)

    async def submit(self, path: str, action: str = "", **values: str) -> str:
        """Load a page, fill in its form, and send that to `action`."""
        page: Any = lxml.html.document_fromstring(await self.get(path))
        (token, *_) = page.xpath("//input[@name='csrfmiddlewaretoken']/@value")
        data = urllib.parse.urlencode({**values, "csrfmiddlewaretoken": token}).encode()
        return await asyncio.to_thread(self._request, action or path, data)

    def _request(self, path: str, data: bytes | None) -> str:
        headers = {"Referer": self.server.url + path, "Origin": self.server.url}
        request = urllib.request.Request(self.server.url + path, data, headers)  # noqa: S310
        with self._opener.open(request, timeout=10) as response:
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
            for name in ("cursor", "epoch", "oldest")
        }
        self.texts = []

    def dial(self, path: str = "") -> connect:
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.cookies)
        return connect(
            self.server.url.replace("http", "ws") + (path or f"/ws{self.group}"),
            origin=Origin(self.server.url),
            additional_headers={"Cookie": cookies},
        )

    async def resume(self, socket: ClientConnection) -> None:
        await socket.send(json.dumps({"verb": "resume", **self.cursor, "HEADERS": {}}))

    async def post(self, socket: ClientConnection, text: str, nonce: str) -> None:
        await socket.send(json.dumps({"verb": "post", "text": text, "nonce": nonce}))

    async def hear(self, socket: ClientConnection, last: str) -> None:
        """Read until the message `last` has come."""
        async with asyncio.timeout(10):
            while last not in self.texts:
                self._take(str(await socket.recv()))

    def _take(self, frame: str) -> None:
        added = re.search(r'<ol hx-swap-oob="beforeend:#log">.*?</ol>', frame, re.DOTALL)
        if added:
            log: Any = lxml.html.fromstring(added[0])
            self.texts += [text.text_content() for text in log.xpath(".//p[@class='text']")]
        moved = re.search(r'id="cursor"[^>]* value="(\d+)"', frame)
        if moved:
            self.cursor["cursor"] = moved[1]


async def close_code(socket: ClientConnection) -> int | None:
    """Read on until the server closes the socket, and return the code it gave."""
    async with asyncio.timeout(5):
        try:
            while True:
                await socket.recv()
        except ConnectionClosed as end:
            return end.rcvd.code if end.rcvd else None


async def test_a_conversation_with_a_restart_in_the_middle_loses_nothing(server: Server):
    ann, bob = Browser(server), Browser(server)
    await ann.sign_up("ann")
    await bob.sign_up("bob")
    await ann.submit("/groups/new/", name="Kitchen")
    path = ann.path
    await ann.load(path)
    assert bob.path == "/"
    await bob.submit("/", f"{path}join/")
    await bob.load(path)

    async with ann.dial() as anns, bob.dial() as bobs:
        await ann.resume(anns)
        await bob.resume(bobs)
        await ann.post(anns, "One", "nonce-one")
        await bob.hear(bobs, "One")
        await ann.hear(anns, "One")
        await asyncio.to_thread(server.stop)
        for socket in (anns, bobs):
            await close_code(socket)

    await asyncio.to_thread(server.start)
    # Bob is back first and writes; ann, who never had an answer to "One", sends it again.
    async with bob.dial() as bobs:
        await bob.resume(bobs)
        await bob.post(bobs, "Two", "nonce-two")
        await bob.hear(bobs, "Two")
        async with ann.dial() as anns:
            await ann.resume(anns)
            await ann.post(anns, "One", "nonce-one")
            await ann.post(anns, "Three", "nonce-three")
            await ann.hear(anns, "Three")
            await bob.hear(bobs, "Three")
    assert ann.texts == bob.texts == ["One", "Two", "Three"]


async def test_a_server_that_was_killed_has_kept_what_it_answered(server: Server):
    cleo = Browser(server)
    await cleo.sign_up("cleo")
    await cleo.submit("/groups/new/", name="Garden")
    await cleo.load(cleo.path)
    async with cleo.dial() as socket:
        await cleo.resume(socket)
        await cleo.post(socket, "Slugs", "nonce-slugs")
        async with asyncio.timeout(10):
            while 'id="composer"' not in str(await socket.recv()):
                pass
        await asyncio.to_thread(server.kill)
    await asyncio.to_thread(server.start)
    assert "Slugs" in await cleo.get(cleo.group)


async def test_another_origin_is_refused_in_the_handshake(server: Server):
    address = server.url.replace("http", "ws") + "/ws/"
    for origin in ("http://evil.example", server.url.replace("http", "https"), None):
        with pytest.raises(InvalidStatus) as refusal:
            await connect(address, origin=Origin(origin) if origin else None)
        assert refusal.value.response.status_code == 403


async def test_without_a_session_the_handshake_is_accepted_and_one_is_told(server: Server):
    async with Browser(server).dial("/ws/") as socket:
        assert "You are logged out" in str(await socket.recv())
        assert await close_code(socket) == 4401


async def test_probes_are_answered(server: Server):
    browser = Browser(server)
    assert await browser.get("/healthz") == "alive\n"
    assert await browser.get("/readyz") == "ready\n"
    async with connect(server.url.replace("http", "ws") + "/ws/ping/") as socket:
        await socket.send("ping")
        assert await socket.recv() == "pong"


async def test_a_frame_over_64_kib_closes_its_own_socket(server: Server):
    dora = Browser(server)
    await dora.sign_up("dora")
    async with dora.dial("/ws/") as socket, dora.dial("/ws/") as other:
        await socket.send("x" * (64 * 1024 + 1))
        assert await close_code(socket) == 1009
        await other.send("x" * 64 * 1024)
        async with asyncio.timeout(5):
            assert "could not be understood" in str(await other.recv())


async def test_logging_out_closes_the_sockets_so_that_htmx_comes_back(server: Server):
    emil = Browser(server)
    await emil.sign_up("emil")
    async with emil.dial("/ws/") as socket:
        await socket.send(json.dumps({"verb": "resume"}))
        async with asyncio.timeout(5):
            await socket.recv()
        await emil.submit("/", "/accounts/logout/")
        assert await close_code(socket) == 1012


async def test_a_flood_of_frames_is_sent_away_and_nobody_else_notices(server: Server):
    ella = Browser(server)
    await ella.sign_up("ella")
    async with ella.dial("/ws/") as flood, ella.dial("/ws/") as other:
        with contextlib.suppress(ConnectionClosed):
            for _ in range(50):
                await asyncio.gather(*(flood.send('{"verb": "join"}') for _ in range(100)))
        assert await close_code(flood) == 1013
        await other.send("hello")
        assert "could not be understood" in str(await other.recv())


def open_files(pid: int) -> list[str]:
    """What a process has open; a file that it closes while we look is not."""
    names = []
    for each in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            names.append(os.readlink(each))
    return names


async def test_requests_leave_no_connection_to_the_database_open(server: Server):
    browser = Browser(server)
    await asyncio.gather(*(browser.get("/readyz") for _ in range(10)))
    await asyncio.gather(*(browser.get("/accounts/login/") for _ in range(100)))
    fred = Browser(server)
    await fred.sign_up("fred")
    for _ in range(4):
        await asyncio.gather(*(fred.get("/") for _ in range(25)))
    files = await asyncio.to_thread(open_files, server.pid)
    # The two pools' threads keep theirs: a database, its journal and the journal's index each.
    assert sum(str(server.database) in name for name in files) <= 3 * 2 * pool.WORKERS


def test_a_port_in_use_ends_the_server_with_one_line(server: Server):
    second = Server(server.database.parent)
    second.environment["PORT"] = str(server.port)
    with pytest.raises(subprocess.CalledProcessError):
        second.manage("serve")


def test_the_log_of_the_server_holds_no_traceback(server: Server):
    """Last of this file: whatever the others did was no surprise to it."""
    assert "Traceback" not in server.log.read_text()
