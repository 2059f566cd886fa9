"""Processes that are killed, and processes that are asked to go, behind nginx and under load."""

import asyncio
import random
import secrets

import pytest

from deploy.cluster import Cluster
from tests.faults.conversation import Conversation, conversation, until
from tests.faults.htmx import LONGEST_PAUSE
from tests.faults.person import Person
from tests.faults.run import fault

# What a service manager waits before it starts a process again (RestartSec in the systemd unit).
RESTART_SECONDS = 1.0
# htmx comes back within a second of a close with 1012, and the catch-up is one read: that is the
# promise, and what most see. On a machine that is busy with all of this, one may have to wait longer.
BACK_SECONDS = 5.0
BACK_SECONDS_AT_MOST = 20.0
CLOSE_RESTART = 1012


@pytest.mark.fault(name="kill")
async def test_a_process_that_is_killed_takes_no_answered_message_with_it(cluster: Cluster) -> None:
    async with fault("kill") as run, conversation(cluster, run) as talk:
        talk.begin()
        for _ in run.repeat():
            await asyncio.sleep(random.uniform(0.5, 2))
            process = random.choice(cluster.processes)
            before = talk.count_answered()
            await asyncio.to_thread(process.kill)
            await asyncio.sleep(RESTART_SECONDS)
            await asyncio.to_thread(process.start)
            await until(lambda: talk.count_answered() > before, "people talk on")  # noqa: B023
            await until(talk.is_live, "every page is live again")
        ledger = await talk.settle()
        assert ledger.problems() == []
        numbers = ledger.numbers()
        assert numbers["backs"], "Nobody lost a connection, so nothing was tested."
        assert numbers["back_median"] <= BACK_SECONDS
        assert numbers["back_max"] <= LONGEST_PAUSE


@pytest.mark.fault(name="rolling-restart")
async def test_a_rolling_restart_is_a_pause_and_never_an_error(cluster: Cluster) -> None:
    async with fault("rolling-restart") as run, conversation(cluster, run) as talk:
        talk.begin()
        plain = PlainPage(talk)
        posting = asyncio.create_task(plain.post_for_ever())
        for _ in run.repeat():
            await asyncio.to_thread(cluster.rolling_restart)
            await until(talk.is_live, "every page is live again")
        plain.ends = True
        await posting
        ledger = await talk.settle()
        assert ledger.problems() == []
        numbers = ledger.numbers()
        assert set(numbers["closes"]) == {CLOSE_RESTART}
        assert numbers["back_median"] <= BACK_SECONDS
        assert numbers["back_max"] <= BACK_SECONDS_AT_MOST
        assert numbers["server_errors"] == 0
        assert plain.posted == [row.text for row in ledger.rows or () if row.text in plain.posted]
        assert len(plain.posted) > run.count


class PlainPage:
    """Somebody without JavaScript, who posts by a form."""

    def __init__(self, talk: Conversation) -> None:
        client = talk.clients[0]
        self._person: Person = client.person
        self._group = client.group
        self.posted: list[str] = []
        self.ends = False

    async def post_for_ever(self) -> None:
        while not self.ends:
            text = f"plainly said-in-{self._group.name} number {len(self.posted)}"
            # Raises Unavailable for an answer of 5xx, and for none.
            await self._person.post(
                f"{self._group.path}post/", text=text, nonce=secrets.token_urlsafe(16)
            )
            self.posted.append(text)
            await asyncio.sleep(0.05)
