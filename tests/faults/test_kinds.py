"""What breaks in a cluster hits people who are served in each of the ways that it has."""

import pytest

from deploy.cluster import Cluster
from deploy.cluster.daemon import wait_for
from deploy.cluster.process import Process
from tests.faults.conversation import SETTLING, conversation
from tests.serving.test_cluster import log
from tests.ways import PLAIN_SEND, PREPARED_FRAMES


@pytest.mark.timeout(600)
async def test_people_are_served_by_every_process_and_each_process_in_its_way(
    cluster: Cluster, request: pytest.FixtureRequest
) -> None:
    async with conversation(cluster) as talk:
        await talk.everyone_says_one()
        paths = {f"/ws{group.path}" for group in talk.groups.values()}
    processes = {str(process.socket) for process in cluster.processes}
    # nginx writes down a socket when it is over.
    assert wait_for(
        lambda: {by for path, by in log(cluster) if path in paths} == processes, SETTLING
    )
    ways = tuple(way_of(process) for process in cluster.processes)
    assert ways == request.node.callspec.params["cluster"]


def way_of(process: Process) -> str:
    """Return how frames leave the process, by what its application said when it was loaded."""
    return PLAIN_SEND if PLAIN_SEND in process.log.read_text() else PREPARED_FRAMES
