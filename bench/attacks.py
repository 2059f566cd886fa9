"""What one person can do to all others, or somebody without an account: `python -m bench.attacks` tells.

A server with its limits on, as bin/run starts it, SQLite in a temporary folder, and two people who talk in a
quiet group. A line is timed from its sending until it is in the other's page: for some seconds before each
attack and while it lasts. The attackers are a process of their own, which yields to the server, as if it ran
on another machine. All of it stays on the loopback and is over in ten minutes; --only NAME runs one attack,
--seconds says how long each lasts.
"""

import argparse
import asyncio
import itertools
import json
import multiprocessing
import statistics
import tempfile
import time
from pathlib import Path
from urllib.parse import urljoin

from websockets.asyncio.client import ClientConnection

from bench.attackers import ATTACKS, PATIENCE, attack, new_nonce
from tests.document import Document
from tests.faults.person import Person
from tests.server import Server

# Seconds between two lines of the quiet group: slower than anybody's limit.
PACE = 0.12


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
    text, begin = f"line {new_nonce()}", time.monotonic()
    await writer.send(json.dumps({"verb": "post", "text": text, "nonce": new_nonce()}))
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
