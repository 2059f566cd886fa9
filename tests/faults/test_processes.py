"""Processes that are killed, and processes that are asked to go, behind nginx and under load."""

import asyncio
import random
import secrets

import pytest

from deploy.cluster import Cluster
from tests.faults.conversation import Conversation, conversation, until
from tests.faults.htmx import LONGEST_PAUSE
from tests.faults.person import Person
from tests.faults.repetitions import IS_MEASURED
from tests.faults.run import fault

# What a service manager waits before it starts a process again (RestartSec in the systemd unit).
RESTART_SECONDS = 1.0
# htmx comes back within a second of a close with 1012, and the catch-up is one read: that is the
# promise, and what most see. With all of this on one machine, one may have to wait longer.
BACK_SECONDS = 5.0
BACK_SECONDS_AT_MOST = 20.0
CLOSE_RESTART = 1012
# Pages that somebody without JavaScript loads, and as many messages that they post, before it counts.
VISITS = 10


@pytest.mark.fault(name="kill")
async def test_a_process_that_is_killed_takes_no_answered_message_with_it(cluster: Cluster) -> None:
    async with fault("kill") as run, conversation(cluster, run) as talk:
        talk.begin()
        for _ in run.repeat():
            await asyncio.sleep(random.uniform(0.5, 2))
            process = random.choice(cluster.processes)
            await asyncio.to_thread(process.kill)
            await asyncio.sleep(RESTART_SECONDS)
            await asyncio.to_thread(process.start)
            await talk.goes_on()
        ledger = await talk.settle()
        assert ledger.problems() == []
        numbers = ledger.numbers()
        assert numbers["backs"], "Nobody lost a connection, so nothing was tested."
        # The other process takes whoever comes back, so no pause of htmx's grows.
        assert numbers["failed_dials"] == 0
        if IS_MEASURED:
            assert numbers["back_median"] <= BACK_SECONDS
            assert numbers["back_max"] <= LONGEST_PAUSE


@pytest.mark.fault(name="rolling-restart")
async def test_a_rolling_restart_is_a_pause_and_never_an_error(cluster: Cluster) -> None:
    async with fault("rolling-restart") as run, conversation(cluster, run) as talk:
        talk.begin()
        plain = PlainPage(talk)
        visiting = asyncio.create_task(plain.visit_for_ever())
        for _ in run.repeat():
            before = [process.pid for process in cluster.processes]
            await asyncio.to_thread(cluster.rolling_restart)
            assert not set(before) & {process.pid for process in cluster.processes}
            await until(talk.is_live, "every page is live again")
        await until(lambda: visiting.done() or len(plain.posted) > VISITS, "pages were visited")
        plain.ends = True
        await visiting
        ledger = await talk.settle()
        assert ledger.problems() == []
        numbers = ledger.numbers()
        assert set(numbers["closes"]) == {CLOSE_RESTART}
        assert numbers["server_errors"] == 0
        assert plain.posted == [row.text for row in ledger.rows or () if row.text in plain.posted]
        if IS_MEASURED:
            assert numbers["back_median"] <= BACK_SECONDS
            assert numbers["back_max"] <= BACK_SECONDS_AT_MOST


class PlainPage:
    """Somebody without JavaScript, who loads the page again and again and posts by a form."""

    def __init__(self, talk: Conversation) -> None:
        client = talk.clients[0]
        self._person: Person = client.person
        self._group = client.group
        self.posted: list[str] = []
        self.ends = False

    async def visit_for_ever(self) -> None:
        """Raises Unavailable for an answer of 5xx, and for none."""
        while not self.ends:
            await self._person.get(self._group.path)
            text = f"plainly said-in-{self._group.name} number {len(self.posted)}"
            await self._person.post(
                f"{self._group.path}post/", text=text, nonce=secrets.token_urlsafe(16)
            )
            self.posted.append(text)
            await asyncio.sleep(0.05)
