"""People who talk in groups, while something breaks."""

import asyncio
import json
import random
import secrets
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from typing import Any, Protocol

from websockets import WebSocketException

from tests.faults.client import MARK, Client, Group
from tests.faults.htmx import LONGEST_PAUSE
from tests.faults.ledger import Ledger, read_logs
from tests.faults.person import Person
from tests.faults.proxy import Proxy, proxy
from tests.faults.repetitions import IS_MEASURED
from tests.faults.run import Run

# Who is in which group. Everyone is in some, and each group has its strangers.
MEMBERS = {"attic": ("ann", "bob", "cleo"), "cellar": ("ann", "cleo", "dora")}
# Seconds: see Conversation.pause. bench/faults has people hurry; bin/test does other things besides.
PAUSE = 0.4 if IS_MEASURED else 1.0
# Seconds after which something hangs: all is as it should be far sooner, once nothing breaks any more.
SETTLING = LONGEST_PAUSE + 240.0


class Served(Protocol):
    """What is tested: tests/server.py, or a cluster."""

    @property
    def url(self) -> str: ...

    @property
    def environment(self) -> Mapping[str, str]: ...


class Conversation:
    """People, their pages, and what they said. With proxies, each has a network of their own."""

    def __init__(self, served: Served, *, has_proxies: bool = False) -> None:
        self.served = served
        self.clients: list[Client] = []
        # Each person's, by name.
        self.proxies: dict[str, Proxy] = {}
        self._has_proxies = has_proxies
        self._exits = AsyncExitStack()
        self._tag = secrets.token_hex(2)
        self.people: dict[str, Person] = {}
        self.groups: dict[str, Group] = {}
        # The groups whose messages a person heard at a group's socket, by the names of both.
        self.overheard: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        self._eavesdropping: list[asyncio.Task[None]] = []
        self._talking: list[asyncio.Task[None]] = []
        self._is_talking = False
        # Seconds between two messages of one page, at most.
        self.pause = PAUSE
        self._numbers: defaultdict[Client, int] = defaultdict(int)
        # Put behind each message, to make it longer.
        self.padding = ""
        # Until it is settled, no row was read.
        self.ledger = Ledger(self.clients)

    async def gather(self) -> None:
        """Have everybody sign up, join their groups, and open a page of each."""
        names = sorted({name for members in MEMBERS.values() for name in members})
        for name in names:
            person = Person(self.served.url, f"{name}-{self._tag}")
            if self._has_proxies:
                self.proxies[name] = await self._exits.enter_async_context(proxy(*person.address))
                person.address = ("127.0.0.1", self.proxies[name].port)
            self.people[name] = person
        # One after the other: libfaketime's sleep fails at times where several threads begin with it.
        for person in self.people.values():
            await person.sign_up()
        for place, members in MEMBERS.items():
            name = f"{place}-{self._tag}"
            first, *others = (self.people[member] for member in members)
            group = Group(name, await first.create_group(name))
            self.groups[place] = group
            await asyncio.gather(*(other.join(group.path) for other in others))
            self.clients += [Client(self.people[member], group) for member in members]
        await asyncio.gather(*(client.open() for client in self.clients))
        for place, members in MEMBERS.items():
            for name in set(self.people) - set(members):
                self.eavesdrop(self.people[name], self.groups[place])
        await until(self.is_live, "every page is live")

    async def leave(self) -> None:
        for task in (*self._talking, *self._eavesdropping):
            task.cancel()
        await asyncio.gather(*self._talking, *self._eavesdropping, return_exceptions=True)
        await asyncio.gather(*(client.close() for client in self.clients))
        await self._exits.aclose()
        # What was aborted is closed in the loop's next round.
        await asyncio.sleep(0)

    def is_live(self) -> bool:
        return all(client.is_live for client in self.clients)

    def clients_of(self, name: str) -> list[Client]:
        return [client for client in self.clients if client.person is self.people[name]]

    def proxy_of(self, client: Client) -> Proxy:
        return next(self.proxies[name] for name, p in self.people.items() if p is client.person)

    def count_answered(self) -> int:
        return sum(len(client.answered) for client in self.clients)

    # --- talking ------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Have every page write one message after the other, until the ledger is asked for."""
        self._is_talking = True
        self._talking = [asyncio.create_task(self._talk(client)) for client in self.clients]

    async def goes_on(self) -> None:
        """Wait until every page is answered what it says from now on, and is live."""
        before = {client: len(client.answered) for client in self.clients}

        def are_answered() -> bool:
            # Two more: one may have been on its way when this began.
            return all(len(client.answered) > count + 1 for client, count in before.items())

        await until(are_answered, "people talk on")
        await until(self.is_live, "every page is live")

    async def say_one(self, client: Client) -> None:
        self._numbers[client] += 1
        number = self._numbers[client]
        said = f"{client.person.name} said-in-{client.group.name} number {number}"
        await client.say(said + self.padding)

    async def everyone_says_one(self, patience: float = SETTLING) -> None:
        """Have every page write one message, and wait until all are answered."""
        async with asyncio.timeout(patience):
            await asyncio.gather(*(self.say_one(client) for client in self.clients))

    async def settle(self, patience: float = SETTLING) -> Ledger:
        """Let everybody finish, until all is answered and every page has all; return the ledger."""
        self._is_talking = False
        async with asyncio.timeout(patience):
            await asyncio.gather(*self._talking)
        # Whoever is deaf would not hear of this one.
        await self.everyone_says_one(patience)
        self.ledger = Ledger(
            self.clients, await asyncio.to_thread(read_logs, self.served.environment)
        )
        head: dict[str, int] = {}
        for row in self.ledger.rows or ():
            head[row.group] = row.position
        for client in self.clients:
            has_all = partial(client.has_all, head.get(client.group.name, 0))
            await until(has_all, f"{client} has the whole log", patience)
        self.ledger.fresh = {client: await client.fresh_log() for client in self.clients}
        self.ledger.overheard = {
            f"{name} in {place}": names for (name, place), names in self.overheard.items()
        }
        return self.ledger

    def eavesdrop(self, person: Person, group: Group) -> None:
        """Ask for a group's lines again and again, as someone who may not have them."""
        self._eavesdropping.append(asyncio.create_task(self._eavesdrop(person, group)))

    async def _talk(self, client: Client) -> None:
        while self._is_talking:
            await self.say_one(client)
            await asyncio.sleep(random.uniform(0, self.pause))

    async def _eavesdrop(self, person: Person, group: Group) -> None:
        path = f"/ws{group.path}"
        resume = json.dumps({"verb": "resume", "cursor": 0, "epoch": "other", "oldest": 0})
        while True:
            with suppress(OSError, EOFError, TimeoutError, WebSocketException):
                connection = await person.dial(path)
                try:
                    await connection.send(resume)
                    while True:
                        # What strangers are told in any case bears no mark.
                        if heard := MARK.findall(str(await connection.recv())):
                            self.overheard[person.name, group.name].update(heard)
                finally:
                    connection.transport.abort()
            await asyncio.sleep(random.uniform(0.5, 1.5))


@asynccontextmanager
async def conversation(
    served: Served, run: Run | None = None, *, has_proxies: bool = False
) -> AsyncIterator[Conversation]:
    """Gather people at what is `served`; what they counted is the run's in the end, whatever happened."""
    talk = Conversation(served, has_proxies=has_proxies)
    try:
        await talk.gather()
        yield talk
    finally:
        if run is not None:
            run.numbers |= talk.ledger.numbers()
        await talk.leave()


async def until(condition: Callable[[], Any], what: str, patience: float = SETTLING) -> None:
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"Not within {patience} seconds: {what}")
        await asyncio.sleep(0.02)
