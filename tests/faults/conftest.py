"""A server for each fault, with a database of its own, or a cluster for many."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.cluster import Cluster
from tests import forked
from tests.faults.repetitions import FAULTS
from tests.migrated import MigratedCluster, original, shared
from tests.server import WITHOUT_EXTENSION, Server
from tests.ways import CHOSEN_WAYS, PLAIN_SEND, PREPARED_FRAMES, WAYS

forked.for_servers()

HERE = Path(__file__).parent

# Seconds after which the start of a cluster hangs, and its end.
CLUSTER_SECONDS = 300.0

# How many clusters are started, where several processes run the tests.
AT_ONCE = 2

# The way of each process. Whatever breaks hits people who are served in both ways, unless all tests go both.
MIXED = (PLAIN_SEND, PREPARED_FRAMES)
CLUSTERS = [(way, way) for way in WAYS] if CHOSEN_WAYS == WAYS else [MIXED]


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each fault's test the time that its repetitions may take, and share out the clusters.

    What they go through takes longest, so it comes first.
    """
    turns = itertools.cycle(range(AT_ONCE))
    for item in items:
        if _has_cluster(item):
            item.add_marker(pytest.mark.xdist_group(f"faults of cluster {next(turns)}"))
        fault = item.get_closest_marker("fault")
        if fault and item.path.is_relative_to(HERE):
            seconds = FAULTS[fault.kwargs["name"]].bound + CLUSTER_SECONDS
            item.add_marker(pytest.mark.timeout(seconds))
    items.sort(key=lambda item: not _has_cluster(item))


def _has_cluster(item: pytest.Item) -> bool:
    return "cluster" in getattr(item, "fixturenames", ()) and item.path.parent == HERE


@pytest.fixture
def serve(tmp_path: Path, migrated: Path, way: str) -> Iterator[Callable[..., Server]]:
    """Return a function that starts a server with these variables in its environment."""
    servers: list[Server] = []

    def serve(**environment: str) -> Server:
        server = Server(tmp_path, unix_socket=None, **environment)
        if way == PLAIN_SEND:
            server.environment |= WITHOUT_EXTENSION
        servers.append(server)
        server.start_with(migrated)
        return server

    yield serve
    for server in servers:
        server.kill()
        # Shown where the test failed.
        print(server.log.read_text())


@pytest.fixture(scope="package", params=CLUSTERS, ids=", ".join)
def cluster(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cluster]:
    """PostgreSQL, Redis, two processes and nginx, for all faults that break a part of them."""
    folder, settings = tmp_path_factory.mktemp("cluster"), "tests.quick_settings"
    cluster = MigratedCluster(
        folder, original(shared(tmp_path_factory)), DJANGO_SETTINGS_MODULE=settings
    )
    for process, way in zip(cluster.processes, request.param, strict=True):
        if way == PLAIN_SEND:
            process.environment |= WITHOUT_EXTENSION
    with cluster:
        yield cluster
