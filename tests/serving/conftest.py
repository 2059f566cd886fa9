"""Servers of the tiny application, each with bounds that a test can wait for."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.serving.tiny import TinyServer

Start = Callable[..., TinyServer]


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
