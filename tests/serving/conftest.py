"""Servers of the tiny application, each with bounds that a test can wait for, and one real site for all."""

import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import forked
from tests.serving.site import Site
from tests.serving.tiny import TinyServer

forked.for_servers()

Start = Callable[..., TinyServer]

# A test of these waits for half a minute and longer.
LONG = {"test_uvicorn.py", "test_slow_readers.py"}


@pytest.hookimpl(tryfirst=True)  # as that of tests/faults, which begin still sooner
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.name not in LONG)


@pytest.fixture(scope="session", autouse=True)
def _hear_ctrl_c() -> Iterator[None]:
    """Let servers hear Ctrl-C: who starts the tests in the background has it ignored, and so have they."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a tiny server with these limits; it ends with the test."""
    servers = []

    def start(**limits: Any) -> TinyServer:
        server = TinyServer(tmp_path, **limits)
        servers.append(server)
        server.start()
        return server

    yield start
    for server in servers:
        server.kill()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Iterator[Site]:
    site = Site.open(tmp_path_factory.mktemp("site"), migrated)
    yield site
    site.server.stop()
