"""Who is here now, across processes and past the end of one that was killed."""

import asyncio
import secrets
import time
from pathlib import Path

import pytest
from websockets import Origin
from websockets.asyncio.client import ClientConnection, unix_connect

from deploy.cluster import Cluster
from discuss.live.presence import BEAT_INTERVAL, DEAD_AFTER
from tests.faults.client import Client, Group
from tests.faults.conversation import until
from tests.faults.person import HANDSHAKE_SECONDS, Person
from tests.faults.repetitions import IS_MEASURED
from tests.faults.run import fault

# Seconds within which somebody whose process was killed is gone from everybody's list.
GONE_SECONDS = 60.0


class Guest(Person):
    """Somebody whose sockets all lead to one process, and not where nginx would have them."""

    def __init__(self, url: str, name: str, socket: Path) -> None:
        super().__init__(url, name)
        self._socket = socket

    async def dial(self, path: str) -> ClientConnection:
        return await unix_connect(
            str(self._socket),
            self.url.replace("http", "ws", 1) + path,
            origin=Origin(self.url),
            additional_headers={"Cookie": self.cookies},
            open_timeout=HANDSHAKE_SECONDS,
            ping_interval=None,
        )


@pytest.mark.fault(name="presence")
async def test_who_was_connected_through_a_killed_process_is_gone_within_a_minute(
    cluster: Cluster,
) -> None:
    tag = secrets.token_hex(2)
    staying, killed = cluster.processes
    ann = Guest(cluster.url, f"ann-{tag}", staying.socket)
    bob = Guest(cluster.url, f"bob-{tag}", killed.socket)
    async with fault("presence") as run:
        for person in (ann, bob):
            await person.sign_up()
        group = Group(f"attic-{tag}", await ann.create_group(f"attic-{tag}"))
        await bob.join(group.path)
        pages = [Client(person, group) for person in (ann, bob)]
        gone: list[float] = []
        for _ in run.repeat():
            for page in pages:
                await page.open()
            for page in pages:
                await until(lambda: page.document.here == [ann.name, bob.name], "both are here")  # noqa: B023
            # Power cut: bob's computer is on the same line as the process.
            await asyncio.to_thread(killed.kill)
            await pages[1].close()
            begin = time.monotonic()
            await until(lambda: pages[0].document.here == [ann.name], "bob is gone")
            gone.append(time.monotonic() - begin)
            await asyncio.to_thread(killed.start)
            await pages[0].close()
        run.numbers["besides"] = f"gone after {max(gone):.1f} s at most"
        assert 2 * BEAT_INTERVAL + DEAD_AFTER < GONE_SECONDS
        if IS_MEASURED:
            assert max(gone) <= GONE_SECONDS
