"""A forked server serves as one that was started by itself, with the settings of its own environment."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.server import Server
from tests.serving.people import Browser


@pytest.fixture
def served(tmp_path: Path, migrated: Path) -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def served(**environment: str) -> Server:
        folder = tmp_path / str(len(servers))
        folder.mkdir()
        server = Server(folder, unix_socket=None, **environment)
        servers.append(server)
        server.start_with(migrated)
        return server

    yield served
    for server in servers:
        server.kill()


def is_forked(server: Server) -> bool:
    return b"forkserver" in Path(f"/proc/{server.pid}/cmdline").read_bytes()


async def test_it_has_settings_of_its_own(served: Callable[..., Server]):
    one, other = served(), served(SITE_NAME="The Other One")
    assert is_forked(one)
    assert is_forked(other)
    for server, name in ((one, "DiscussIt"), (other, "The Other One")):
        page = await Browser(server).get("/accounts/login/")
        assert f"{name}</title>" in page


async def test_it_is_started_by_itself_where_a_setting_was_used_before(
    served: Callable[..., Server],
):
    server = served(DEBUG="on")
    assert not is_forked(server)
    assert await Browser(server).get("/healthz") == "alive\n"
