"""The attackers of bench.attacks: what one person, or somebody without an account, can send and ask for."""

import asyncio
import contextlib
import itertools
import json
import os
import time
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urljoin

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from tests.document import Document
from tests.faults.person import Person, Unavailable
from tests.serving.wire import PING, Wire, frame

# Seconds after which a line counts as not seen, and a program that attacks is ended.
PATIENCE = 30.0
# Where attackers come from: another address than that of those who are attacked.
ATTACKERS = ("127.0.0.2", 0)
# A page of these took two seconds to show.
BRACKETS = "http://a/(" * 400
# 64 KiB in which a letter's marks stand in disorder, which took two seconds to put in order.
DISORDER = "a" + "\u0301" * 10_000 + "\u0316" * 10_000

Attack = Callable[["Scene"], Coroutine[Any, Any, None]]


class Scene:
    """What an attacker knows: a site, a group of their own and the quiet one, and when it is over."""

    def __init__(self, url: str, cookies: list[Any], own: str, quiet: str, until: float) -> None:
        self.url, self.own, self.quiet, self.until = url, own, quiet, until
        self.person = Person(url, "mallory", cookies)
        self.person.comes_from = ATTACKERS

    @property
    def goes_on(self) -> bool:
        return time.time() < self.until

    async def socket(self, path: str) -> ClientConnection:
        return await self.person.dial(path)

    async def wire(self) -> Wire:
        """Open a connection that is written to byte by byte, without an account."""
        address = self.url.removeprefix("http://").partition(":")
        return Wire(
            *await asyncio.open_connection(address[0], int(address[2]), local_addr=ATTACKERS)
        )

    async def raw(self, path: str) -> Wire:
        """Open such a one that is a socket."""
        wire = await self.wire()
        await wire.upgrade(path, f"Origin: {self.url}\r\n".encode())
        return wire


# --- attacks ----------------------------------------------------------------------------------------


async def marks(scene: Scene) -> None:
    await _repeat(scene, scene.own, {"verb": "post", "text": DISORDER})


async def searches(scene: Scene) -> None:
    await _repeat(scene, "/", {"verb": "resume", "q": DISORDER})


async def forms(scene: Scene) -> None:
    while scene.goes_on:
        with contextlib.suppress(Unavailable, AssertionError):
            await scene.person.post(f"{scene.own}post/", text=DISORDER[:18_000], nonce=new_nonce())


async def pings(scene: Scene) -> None:
    await _flood(scene, "/ws/ping/", frame(PING, b"") * 10_000, sockets=40)


async def empty_parts(scene: Scene) -> None:
    beginning = frame(0x1, b"x", is_last=False)
    await _flood(scene, "/ws/", beginning + frame(0x0, b"", is_last=False) * 10_000, sockets=40)


async def crumbs(scene: Scene) -> None:
    """Bodies of 40,000 chunks of one byte."""
    head = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    await _flood(scene, "", head + b"1\r\nx\r\n" * 40_000, sockets=40)


async def requests(scene: Scene) -> None:
    """Four hundred connections, each of which asks again as soon as it is answered."""

    async def ask() -> None:
        with contextlib.suppress(OSError, EOFError, TimeoutError, ValueError):
            wire = await scene.wire()
            async with wire:
                while scene.goes_on:
                    await wire.ask("/accounts/login/")

    while scene.goes_on:
        await asyncio.gather(*(ask() for _ in range(400)))


async def brackets(scene: Scene) -> None:
    """Fifty lines that are slow to show, in a group of one's own, read again and again."""
    await _repeat(scene, scene.own, {"verb": "post", "text": BRACKETS}, seconds=3.0)
    while scene.goes_on:
        with contextlib.suppress(Unavailable):
            await asyncio.gather(*(scene.person.get(scene.own) for _ in range(4)))


async def posts(scene: Scene) -> None:
    await asyncio.gather(
        *(_repeat(scene, scene.own, {"verb": "post", "text": "x" * 4000}) for _ in range(4))
    )


async def toggles(scene: Scene) -> None:
    for verb in itertools.cycle(("join", "leave")):
        if not scene.goes_on:
            return
        with contextlib.suppress(Unavailable, AssertionError):
            await scene.person.post(f"{scene.quiet}{verb}/")


async def history(scene: Scene) -> None:
    await _repeat(scene, scene.own, {"verb": "older", "oldest": "1"})


async def sockets(scene: Scene) -> None:
    while scene.goes_on:
        opened = await asyncio.gather(
            *(scene.socket("/ws/") for _ in range(20)), return_exceptions=True
        )
        for socket in opened:
            if isinstance(socket, ClientConnection):
                await socket.close()


ATTACKS: dict[str, Attack] = {
    each.__name__: each
    for each in (
        *(marks, searches, forms, pings, empty_parts, crumbs, requests),
        *(brackets, posts, toggles, history, sockets),
    )
}


async def _repeat(
    scene: Scene, path: str, data: dict[str, str], *, seconds: float = PATIENCE
) -> None:
    """Send this as fast as it goes, and come back whenever one is sent away."""
    until = min(scene.until, time.time() + seconds)
    while time.time() < until:
        try:
            async with await scene.socket(f"/ws{path}") as socket:
                await socket.send(json.dumps(await _resume(scene, path)))
                reading = asyncio.create_task(_read(socket))
                while time.time() < until:
                    await socket.send(json.dumps(data | {"nonce": new_nonce()}))
                    await asyncio.sleep(0)
                reading.cancel()
        except (ConnectionClosed, OSError, Unavailable):
            await asyncio.sleep(0.05)


async def _flood(scene: Scene, path: str, data: bytes, *, sockets: int) -> None:
    """Send this over so many sockets of that path, or over connections that are none."""
    while scene.goes_on:
        wires = await asyncio.gather(
            *(scene.raw(path) if path else scene.wire() for _ in range(sockets)),
            return_exceptions=True,
        )
        opened = [wire for wire in wires if isinstance(wire, Wire)]
        await asyncio.gather(*(wire.flood(data, 1) for wire in opened), return_exceptions=True)
        for wire in opened:
            wire.writer.transport.abort()


async def _read(socket: ClientConnection) -> None:
    with contextlib.suppress(ConnectionClosed):
        async for _ in socket:
            pass


async def _resume(scene: Scene, path: str) -> dict[str, Any]:
    document = Document(await scene.person.get(path))
    return json.loads(document.frame("resume-form", urljoin(scene.url, path)))  # type: ignore[no-any-return]


def new_nonce() -> str:
    return os.urandom(8).hex()


def attack(name: str, *known: Any) -> None:
    """Attack, in a process of one's own."""
    os.nice(19)
    scene = Scene(*known)
    asyncio.run(ATTACKS[name](scene))
