"""Whether memory stays flat: `python -m bench.soak` lets pages come and go and watches a server meanwhile.

A server as bin/run starts it, with its limits lifted, and SQLite in a temporary folder. A hundred pages stay
and hear a message a second, while a hundred people open others, 100 a second: most a socket alone, as a page
that lost it does, some their page first. They are a process of their own. All of it stays on the loopback.

Printed is what the server's process has in memory (RSS), and at the end how much more that would be in an
hour, by the second half. `--minutes 60` is the soak that a release has to pass.
"""

import argparse
import asyncio
import contextlib
import json
import multiprocessing
import random
import re
import statistics
import tempfile
import time
from http.cookiejar import Cookie
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from bench.suite.crowd import EPOCH, Crowd, Database
from bench.suite.discussit import DiscussIt
from tests.faults.person import Person, Unavailable

CROWD = Crowd("soak", groups=20, members=10)
# Pages that stay; the others' people come and go.
STAYING = CROWD.pages // 2
# One of so many visits asks for its page first.
PAGE_EACH = 10
# Visits under way at a time, beyond which no more begin: a server that is too slow shows in their number.
VISITS = 200
# Seconds between two messages, and between two looks at the memory.
TALK_EACH = 1.0
LOOK_EACH = 15.0


class Visitors:
    """The pages of a soak: those that stay, and those that come and go."""

    def __init__(self, url: str, cookies: list[str], groups: list[str], head: int) -> None:
        self._people = [Person(url, f"soak-{n}", [_cookie(each)]) for n, each in enumerate(cookies)]
        self._groups = groups
        # Where each group's log stands, as its pages know.
        self._heads = [head] * len(groups)
        self._visits: set[asyncio.Task[None]] = set()
        self.opened = self.failed = 0

    async def run(self, opens: float, seconds: float, told: Any) -> None:
        """Come and go until the time is over; `told` is a queue for how often it was."""
        staying = [asyncio.create_task(self._stay(number)) for number in range(STAYING)]
        talking = asyncio.create_task(self._talk())
        begin = time.monotonic()
        while (now := time.monotonic()) < begin + seconds:
            due = int((now - begin) * opens) - self.opened - self.failed - len(self._visits)
            for _ in range(min(due, VISITS - len(self._visits))):
                visit = asyncio.create_task(self._visit(random.randrange(STAYING, CROWD.pages)))
                self._visits.add(visit)
                visit.add_done_callback(self._visits.discard)
            told.put((self.opened, self.failed))
            await asyncio.sleep(0.05)
        for task in (talking, *staying, *self._visits):
            task.cancel()

    async def _stay(self, number: int) -> None:
        while True:
            with contextlib.suppress(ConnectionClosed, InvalidHandshake, OSError):
                async with await self._open(number) as socket:
                    async for frame in socket:
                        self._note(number, str(frame))

    async def _visit(self, number: int) -> None:
        try:
            if random.randrange(PAGE_EACH) == 0:
                await self._people[number].get(self._path(number))
            async with await self._open(number) as socket, asyncio.timeout(30):
                while not self._note(number, str(await socket.recv())):
                    pass
            self.opened += 1
        except (ConnectionClosed, InvalidHandshake, OSError, Unavailable):
            self.failed += 1

    async def _talk(self) -> None:
        async with await self._open(0) as socket:
            reading = asyncio.create_task(_read(socket))
            while not reading.done():
                text = f"Soup at {time.time()}"
                frame = {"verb": "post", "text": text, "nonce": f"soak-{time.time_ns()}"}
                await socket.send(json.dumps(frame))
                await asyncio.sleep(TALK_EACH)

    async def _open(self, number: int) -> ClientConnection:
        socket = await self._people[number].dial(f"/ws{self._path(number)}")
        head = self._heads[number % len(self._groups)]
        place = {"verb": "resume", "cursor": head, "epoch": EPOCH, "oldest": 1, "own": ""}
        await socket.send(json.dumps(place))
        return socket

    def _path(self, number: int) -> str:
        return f"/groups/{self._groups[number % len(self._groups)]}/"

    def _note(self, number: int, frame: str) -> bool:
        """Take note of where the log stands, if the frame says so, and return whether it does."""
        found = re.search(r'id="cursor"[^>]*value="(\d+)"', frame)
        if found:
            group = number % len(self._groups)
            self._heads[group] = max(self._heads[group], int(found[1]))
        return found is not None


async def _read(socket: ClientConnection) -> None:
    with contextlib.suppress(ConnectionClosed):
        async for _ in socket:
            pass


def _cookie(line: str) -> Cookie:
    name, _, value = line.partition("=")
    rest: dict[str, str] = {}
    return Cookie(
        *(0, name, value, None, False, "127.0.0.1", True, False),
        *("/", True, False, None, True, None, None, rest),
    )


def visit(told: Any, opens: float, seconds: float, *known: Any) -> None:
    """Come and go, in a process of one's own."""
    asyncio.run(Visitors(*known).run(opens, seconds, told))


def soak(site: DiscussIt, head: int, opens: float, seconds: float) -> None:
    """Print what the server has in memory, while pages come and go."""
    (server,), database = site.servers, site.database
    cookies = database.cookies(CROWD).read_text().split()
    groups = database.group_names(CROWD).read_text().split()
    spawn = multiprocessing.get_context("spawn")
    told = spawn.Queue()
    known = (server.url, cookies, groups, head)
    visitors = spawn.Process(target=visit, args=(told, opens, seconds, *known))
    visitors.start()
    begin, opened, failed = time.monotonic(), 0, 0
    looks: list[tuple[float, float]] = []
    print("| minutes | opened | failed | RSS MiB |\n|---|---|---|---|")
    try:
        while visitors.is_alive():
            deadline = begin + LOOK_EACH * (len(looks) + 1)
            while visitors.is_alive() and time.monotonic() < deadline:
                with contextlib.suppress(Exception):  # nothing was told yet
                    opened, failed = told.get(timeout=0.2)
            minutes = (time.monotonic() - begin) / 60
            looks.append((minutes / 60, _memory(server.pid)))
            print(f"| {minutes:.1f} | {opened} | {failed} | {looks[-1][1]:.1f} |", flush=True)
    finally:
        visitors.kill()
        visitors.join()
    late = looks[len(looks) // 2 :]
    if len(late) > 1:
        grown = statistics.linear_regression(*zip(*late, strict=True)).slope
        print(f"\nIn the second half it grew by {grown:.1f} MiB an hour.")


def _memory(pid: int) -> float:
    """Return how many MiB the process has in memory."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=2.0, help="how long (default: 2)")
    parser.add_argument("--opens", type=float, default=100.0, help="a second (default: 100)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        site = DiscussIt("soak", Database(Path(folder)))
        head = site.database.gather(CROWD).head
        site.start()
        try:
            soak(site, head, arguments.opens, arguments.minutes * 60)
        finally:
            site.stop()


if __name__ == "__main__":
    main()
