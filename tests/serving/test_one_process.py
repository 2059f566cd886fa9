"""Without a Redis one process serves a database; a second one waits for its end, and then gives up."""

import shutil
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from deploy.cluster.daemon import wait_for
from tests import forked
from tests.server import TOP, Server

PATIENCE = 110.0
REFUSAL = "CommandError: Another process serves this database; several need REDIS_URL.\n"


@pytest.fixture
def first(tmp_path: Path, migrated: Path) -> Iterator[Server]:
    server = Server(tmp_path)
    shutil.copy(migrated, server.database)
    yield server
    server.kill()


@pytest.fixture
def second(tmp_path: Path) -> Iterator[Server]:
    """A server of the same database, with another port and a log of its own."""
    server = Server(tmp_path)
    server.log = tmp_path / "second.log"
    yield server
    server.kill()


def refused(server: Server, patience: float) -> str:
    """Let the server give up as soon as that, and return what it says."""
    script = (
        "import django; django.setup(); from discuss.server import single_process; "
        f"single_process.PATIENCE = {patience}; "
        "from django.core.management import execute_from_command_line; "
        "execute_from_command_line(['manage.py', 'serve'])"
    )
    ended = forked.end_of([sys.executable, "-c", script], server.environment, TOP)
    assert ended.returncode == 1
    return ended.stdout


def test_a_second_process_is_refused_in_one_line(first: Server, second: Server, tmp_path: Path):
    first.start()
    waits, refusal = refused(second, 0.5).splitlines(keepends=True)
    assert "Another process serves this database; waiting" in waits
    assert refusal == REFUSAL
    assert first.is_running
    # As the database and what stands beside it (tests/test_environment.py).
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.glob("db*")}
    assert "db.sqlite3.serving" in modes
    assert set(modes.values()) == {0o600}


def test_a_database_is_the_same_by_whatever_name(first: Server, second: Server, tmp_path: Path):
    first.start()
    other = tmp_path / "other"
    other.symlink_to(tmp_path)
    second.environment["DATABASE_URL"] = f"sqlite:///{other}/./db.sqlite3"
    assert refused(second, 0).endswith(REFUSAL)


def test_one_that_comes_while_another_ends_is_let_in(first: Server, second: Server):
    first.start()
    second._process = forked.program(second.command(), second.environment, second.log, TOP)
    assert wait_for(lambda: "waiting 25 s for it to end" in second.log.read_text(), PATIENCE)
    assert not second._answers()
    first.stop()
    assert wait_for(second._answers, PATIENCE)


def test_one_that_was_killed_is_in_nobodys_way(first: Server, second: Server):
    first.start()
    first.kill()
    second.start()
    assert second.log.read_text() == ""


@pytest.fixture
def nobodys_postgresql(second: Server) -> Iterator[str]:
    """The address of a server that is not there, and which a process therefore waits for."""
    yield f"postgres://127.0.0.1:{second.port}"
    for file in settings.DATA_DIR.glob(f"*{second.port}*.serving"):
        file.unlink()


def test_with_postgresql_too_it_is_one(first: Server, second: Server, nobodys_postgresql: str):
    for server in (first, second):
        server.environment["DATABASE_URL"] = f"{nobodys_postgresql}/chat"
    first.start()
    assert refused(second, 0).endswith(REFUSAL)
    second.environment["DATABASE_URL"] = f"{nobodys_postgresql}/another"
    second.start()


def test_with_a_redis_there_may_be_several(first: Server, second: Server):
    for server in (first, second):
        server.environment["REDIS_URL"] = f"redis://127.0.0.1:{second.port}"
        server.start()


def test_a_file_that_cannot_be_locked_is_said_in_one_line(first: Server):
    file = first.database.with_name("db.sqlite3.serving")
    file.mkdir()
    assert refused(first, 0) == f"CommandError: {file} cannot be written: Is a directory.\n"
