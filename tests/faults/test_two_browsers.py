"""Two real browsers among the others, in one sitting through all that can happen to a site."""

import asyncio
import random
from collections.abc import Callable

import pytest

from deploy.cluster import Cluster
from tests.faults.browsers import PATIENCE, two_browsers
from tests.faults.conversation import conversation


def kill_a_process(cluster: Cluster) -> None:
    process = random.choice(cluster.processes)
    process.kill()
    process.start()


def restart_redis(cluster: Cluster) -> None:
    cluster.redis.kill()
    cluster.redis.start()


def restart_postgres(cluster: Cluster) -> None:
    cluster.postgres.restart()


STEPS: list[Callable[[Cluster], None]] = [
    Cluster.rolling_restart,
    restart_redis,
    restart_postgres,
    kill_a_process,
]


# Each of the steps may take long by itself.
@pytest.mark.timeout(1800)
async def test_two_browsers_keep_what_they_wrote_through_all_of_it(cluster: Cluster) -> None:
    async with conversation(cluster) as talk, two_browsers(talk) as tabs:
        # All that is said, Chromium paints; on a busy machine it would not keep up with people in a hurry.
        talk.pause = 4.0
        talk.begin()
        for step in STEPS:
            for tab in tabs:
                await tab.say(f"before {step.__name__}")
            breaking = asyncio.create_task(asyncio.to_thread(step, cluster))
            await asyncio.gather(*(tab.say(f"during {step.__name__}") for tab in tabs))
            await breaking
        ledger = await talk.settle(PATIENCE)
        assert ledger.problems() == []
        for tab in tabs:
            await tab.ends_well()
            mine = [row.text for row in ledger.rows or () if row.text in tab.posted]
            assert mine == tab.posted
