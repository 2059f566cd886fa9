"""A server for each fault, with a database of its own."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.cluster import Cluster
from tests.server import Server, by_the_chosen_way


@pytest.fixture(scope="session")
def _migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrate once; a server's file is a copy."""
    server = Server(tmp_path_factory.mktemp("migrated"))
    server.manage("migrate", "--no-input", "-v", "0")
    return server.database


@pytest.fixture
def serve(tmp_path: Path, _migrated: Path) -> Iterator[Callable[..., Server]]:
    """Return a function that starts a server with these variables in its environment."""
    servers: list[Server] = []

    def serve(**environment: str) -> Server:
        server = Server(tmp_path, unix_socket=None, **environment)
        shutil.copyfile(_migrated, server.database)
        servers.append(server)
        server.start()
        return server

    yield serve
    for server in servers:
        server.kill()
        # Shown where the test failed.
        print(server.log.read_text())


@pytest.fixture(scope="package")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """PostgreSQL, Redis, two processes and nginx, for all faults that break a part of them."""
    cluster = Cluster(tmp_path_factory.mktemp("cluster"))
    for process in cluster.processes:
        process.environment.update(by_the_chosen_way())
    with cluster:
        yield cluster
