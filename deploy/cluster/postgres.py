"""A PostgreSQL server of its own: a new database in a folder of its own, on the loopback alone."""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from deploy.cluster.daemon import STOP_SECONDS, ClusterError, Daemon, wait_for
from deploy.cluster.port import Port

# Debian's packages make it; PostgreSQL refuses to run as root.
USER = "postgres"
DATABASE = "discussit"


class Postgres(Daemon):
    """A server with an empty database `discussit`. `close()` ends it and removes the database."""

    def __init__(self, folder: Path, *, password: str | None = None) -> None:
        super().__init__("postgres", folder)
        self._binaries = find_binaries()
        self._home: Path | None = None
        self._port = Port()
        # Whoever shares this machine can reach the port, and a superuser of the database can run programs.
        self.password = password or secrets.token_urlsafe()
        self.url = f"postgres://postgres:{self.password}@127.0.0.1:{self._port.number}/{DATABASE}"

    @property
    def data(self) -> Path:
        if self._home is None:
            raise ClusterError(
                "PostgreSQL has no database before it is started, nor after it is closed."
            )
        return self._home / "data"

    def command_line(self) -> list[str | Path]:
        # No fsync: a power cut may take this database.
        command: list[str | Path] = [self._binaries / "postgres", "-F", "-D", self.data]
        return [*command, "-k", self.data.parent, "-h", "127.0.0.1", "-p", str(self._port.number)]

    def options(self) -> dict[str, Any]:
        user = _user()
        whom = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
        return {"cwd": self.data.parent, **whom}

    def begin(self) -> None:
        """Start it without waiting; the first time, make the database."""
        if self._home is None:
            self._home = self._make_home()
            self._make_database()
        super().begin()

    def is_ready(self) -> bool:
        """Look for the word `ready` on the eighth line of the server's pid file, as its own pg_ctl does."""
        with suppress(FileNotFoundError):
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            return len(lines) > 7 and lines[0] == str(self.pid) and lines[7].strip() == "ready"
        return False

    def ask_to_stop(self) -> None:
        # Fast: clients are sent away. SIGTERM would wait until they go.
        self.send(signal.SIGINT)

    def restart(self) -> None:
        """Restart it as an upgrade of its package does: clients are sent away, the data stays."""
        self.stop()
        self.start()

    def close(self) -> None:
        """Stop it and remove the database, even while the last process of a broken-off start writes there."""
        try:
            self.stop()
        finally:
            home, self._home = self._home, None
            if home is not None:
                wait_for(lambda: _is_removed(home), STOP_SECONDS)

    def _make_home(self) -> Path:
        """Make the server's folder in ours, or, where its user could not come in, in the system's."""
        user = _user()
        parents = [self.folder, *self.folder.resolve().parents]
        is_open = user is None or all(parent.stat().st_mode & 0o001 for parent in parents)
        # A short name in any case: a unix socket's path has 107 bytes at most.
        home = tempfile.mkdtemp(prefix="discussit-postgres-", dir=self.folder if is_open else None)
        if user:
            os.chown(home, user.pw_uid, user.pw_gid)
        return Path(home)

    def _make_database(self) -> None:
        password = self.data.parent / "password"
        password.write_text(self.password)
        initdb: list[str | Path] = [self._binaries / "initdb", "--pgdata", self.data, "--no-sync"]
        initdb += ["--username", "postgres", "--pwfile", password, "--auth", "scram-sha-256"]
        # lower() knows every letter, and the order does not depend on the machine.
        initdb += ["--encoding", "UTF8", "--locale", "C.UTF-8"]
        single: list[str | Path] = [
            self._binaries / "postgres",
            "--single",
            "-F",
            "-D",
            self.data,
            "postgres",
        ]
        for command, words in ((initdb, b""), (single, f"CREATE DATABASE {DATABASE}\n".encode())):
            with self.log.open("ab") as log:
                done = subprocess.run(
                    command,
                    input=words,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    **self.options(),
                )
            if done.returncode != 0:
                raise ClusterError(f"PostgreSQL could not make a database:\n{self.words()}")


def find_binaries() -> Path:
    """Return the folder of PostgreSQL's server programs.

    A `postgres` on the PATH may stand alone, or be a link, so a folder counts when it has all that we need.
    """
    folders = [Path(folder) for folder in os.get_exec_path()]
    with suppress(OSError, subprocess.CalledProcessError):
        asked = subprocess.run(
            ["pg_config", "--bindir"], capture_output=True, text=True, check=True
        )
        folders.append(Path(asked.stdout.strip()))
    versions = Path("/usr/lib/postgresql").glob("[0-9]*/bin")
    folders += sorted(versions, key=lambda folder: float(folder.parent.name), reverse=True)
    for folder in folders:
        if all(os.access(folder / name, os.X_OK) for name in ("initdb", "postgres")):
            return folder
    raise ClusterError(
        "PostgreSQL's server programs initdb and postgres were not found (on Debian: apt install postgresql)."
    )


def _is_removed(folder: Path) -> bool:
    shutil.rmtree(folder, ignore_errors=True)
    return not folder.exists()


def _user() -> pwd.struct_passwd | None:
    """Return whom to run the server as, where that is not us."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(USER)
    except KeyError:
        raise ClusterError(f"As root, PostgreSQL needs a user named {USER} to run as.") from None
