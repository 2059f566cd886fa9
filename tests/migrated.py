"""PostgreSQL with all tables and nobody in them: to migrate one takes seven seconds of computing.

`python -m tests.migrated` makes it, and SQLite's file (tests/conftest.py), in the folder of all stages.
"""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as project_settings

from deploy.cluster import Cluster
from deploy.cluster.postgres import Postgres
from deploy.cluster.process import Process
from tests import forked
from tests.server import TOP

# In the environment: the database of which those of tests are copies.
TEMPLATE = "DATABASE_TEMPLATE"


class Copied(Postgres):
    """A server that begins with a copy of another one's files, and with its password."""

    def __init__(self, folder: Path, original: Path) -> None:
        super().__init__(folder, password=(original / "password").read_text())
        self._original = original

    def _make_database(self) -> None:
        copy(self._original / "data", self.data)


def copy(folder: Path, to: Path) -> None:
    """Copy a folder and, as root, whose each file is."""
    subprocess.run(["cp", "-a", folder, to], check=True)


def original(shared: Path) -> Path:
    """Return a folder with files and a password to copy; the first to ask makes it in the shared one."""
    made = shared / "postgres"
    with (shared / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            scratch = shared / "postgres.scratch"
            scratch.mkdir()
            postgres = Postgres(scratch)
            try:
                postgres.start()
                migrate(postgres.url)
                postgres.stop()
                (scratch / "password").write_text(postgres.password)
                copy(postgres.data, scratch / "data")
            finally:
                postgres.close()
            scratch.rename(made)
    return made


def shared(factory: pytest.TempPathFactory) -> Path:
    """Return a folder of all processes of pytest-xdist, and of all stages where bin/test says which."""
    if "SHARED_BY_STAGES" in os.environ:
        return Path(os.environ["SHARED_BY_STAGES"])
    folder = factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


def migrate(url: str) -> None:
    command = [sys.executable, "manage.py", "migrate", "--no-input", "-v0"]
    forked.run(command, {**os.environ, "DATABASE_URL": url}, TOP)


class ForkedProcess(Process):
    """A process that begins at once, since some are started again and again."""

    def command_line(self) -> list[str | Path]:
        return [*super().command_line(), "--skip-checks"]

    def launch(self) -> "forked.Forked | subprocess.Popen[bytes]":  # type: ignore[override]
        command = [str(word) for word in self.command_line()]
        return forked.program(command, self.environment, self.log, TOP)


class MigratedCluster(Cluster):
    """The same cluster, sooner there."""

    def __init__(
        self,
        folder: Path,
        original: Path,
        *,
        processes: int = 2,
        port: int | None = None,
        **settings: str,
    ) -> None:
        # With the key of the tests' own process, so that its processes can be forked.
        settings |= {"SECRET_KEY": project_settings.SECRET_KEY}
        super().__init__(folder, processes=processes, port=port, **settings)
        self.postgres = Copied(folder, original)
        self.environment["DATABASE_URL"] = self.postgres.url
        self.processes = [
            ForkedProcess(number, folder, self.environment) for number in range(1, processes + 1)
        ]

    def manage(self, *arguments: str) -> None:
        command = [sys.executable, "manage.py", *arguments]
        forked.run(command, self.environment, TOP)


def main() -> None:
    folder = Path(os.environ["SHARED_BY_STAGES"])
    with (folder / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        unfinished = folder / "unfinished.sqlite3"
        migrate(f"sqlite:///{unfinished}")
        unfinished.replace(folder / "migrated.sqlite3")
    original(folder)


if __name__ == "__main__":
    main()
