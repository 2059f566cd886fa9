"""What one person can do to all others, or somebody without an account: `python -m bench.attacks` tells.

A server with its limits on, as bin/run starts it, SQLite in a temporary folder, and two people who talk in a
quiet group. A line is timed from its sending until it is in the other's page: for some seconds before each
attack and while it lasts. The attackers are a process of their own, which yields to the server, as if it ran
on another machine. All of it stays on the loopback and is over in ten minutes; --only NAME runs one attack,
--seconds says how long each lasts.
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from tests.document import Document
from tests.faults.person import Person, Unavailable
from tests.server import Server
from tests.serving.wire import PING, Wire, frame

# Seconds between two lines of the quiet group: slower than anybody's limit.
PACE = 0.12
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

    async def raw(self, path: str) -> Wire:
        """Open a socket whose frames are written byte by byte, without an account."""
        address = self.url.removeprefix("http://").partition(":")
        reader, writer = await asyncio.open_connection(
            address[0], int(address[2]), local_addr=ATTACKERS
        )
        wire = Wire(reader, writer)
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
            await scene.person.post(f"{scene.own}post/", text=DISORDER[:18_000], nonce=_nonce())


async def pings(scene: Scene) -> None:
    await _flood(scene, "/ws/ping/", frame(PING, b"") * 10_000, sockets=40)


async def empty_parts(scene: Scene) -> None:
    beginning = frame(0x1, b"x", is_last=False)
    await _flood(scene, "/ws/", beginning + frame(0x0, b"", is_last=False) * 10_000, sockets=40)


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
        *(marks, searches, forms, pings, empty_parts),
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
                    await socket.send(json.dumps(data | {"nonce": _nonce()}))
                    await asyncio.sleep(0)
                reading.cancel()
        except (ConnectionClosed, OSError, Unavailable):
            await asyncio.sleep(0.05)


async def _flood(scene: Scene, path: str, data: bytes, *, sockets: int) -> None:
    while scene.goes_on:
        wires = await asyncio.gather(
            *(scene.raw(path) for _ in range(sockets)), return_exceptions=True
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


def _nonce() -> str:
    return os.urandom(8).hex()


def attack(name: str, *known: Any) -> None:
    """Attack, in a process of one's own."""
    os.nice(19)
    scene = Scene(*known)
    asyncio.run(ATTACKS[name](scene))


# --- those who are attacked -------------------------------------------------------------------------


class Bystanders:
    """Two people in a quiet group, whose lines are timed."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.ann, self.bob = Person(url, "ann"), Person(url, "bob")
        self.group = ""

    async def settle(self) -> None:
        for person in (self.ann, self.bob):
            await person.sign_up()
        self.group = await self.ann.create_group("Quiet")
        await self.bob.join(self.group)

    async def time_lines(self, seconds: float) -> list[float]:
        """Return how many ms each line took."""
        taken: list[float] = []
        async with await self._page(self.ann) as ann, await self._page(self.bob) as bob:
            end = time.monotonic() + seconds
            # In turns, so that neither writes faster than a person may.
            for writer, reader in itertools.cycle(((ann, bob), (bob, ann))):
                if time.monotonic() > end:
                    return taken
                taken.append(await _time_line(writer, reader))
                await asyncio.sleep(PACE)
        return taken

    async def _page(self, person: Person) -> ClientConnection:
        document = Document(await person.get(self.group))
        socket = await person.dial(f"/ws{self.group}")
        await socket.send(document.frame("resume-form", urljoin(self._url, self.group)))
        await socket.recv()
        return socket


async def _time_line(writer: ClientConnection, reader: ClientConnection) -> float:
    text, begin = f"line {_nonce()}", time.monotonic()
    await writer.send(json.dumps({"verb": "post", "text": text, "nonce": _nonce()}))
    async with asyncio.timeout(PATIENCE):
        while text not in str(await reader.recv()):
            pass
    return (time.monotonic() - begin) * 1000


async def measure(server: Server, names: list[str], seconds: float) -> None:
    """Print a row for each attack."""
    bystanders, mallory = Bystanders(server.url), Person(server.url, "mallory")
    await bystanders.settle()
    await mallory.sign_up()
    own = await mallory.create_group("Their own")
    for name in names:
        before = await bystanders.time_lines(seconds)
        known = (server.url, mallory.jar, own, bystanders.group, time.time() + seconds)
        attacker = multiprocessing.get_context("spawn").Process(target=attack, args=(name, *known))
        attacker.start()
        during = await bystanders.time_lines(seconds)
        await asyncio.to_thread(attacker.join, PATIENCE)
        attacker.kill()
        print(f"| {name} | {_figures(before)} | {_figures(during)} |", flush=True)


def _figures(taken: list[float]) -> str:
    p99 = statistics.quantiles(taken, n=100, method="inclusive")[98]
    return f"{statistics.median(taken):.1f} / {p99:.0f} / {max(taken):.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.attacks", description=__doc__)
    parser.add_argument("--only", choices=ATTACKS, action="append", help="one attack")
    parser.add_argument("--seconds", type=float, default=20.0, help="of each (default: 20)")
    arguments = parser.parse_args()
    print("| attack | ms before: median / p99 / most | during |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        # The project's own settings, limits and all.
        server = Server(Path(folder), DJANGO_SETTINGS_MODULE="project.settings")
        server.manage("migrate", "--no-input", "-v0")
        server.manage("collectstatic", "--no-input", "-v0")
        server.start()
        try:
            asyncio.run(measure(server, arguments.only or list(ATTACKS), arguments.seconds))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
