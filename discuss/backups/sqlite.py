"""SQLite's side of backups: its online backup, and an own copy of a file brought up to date."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from discuss.backups.files import BackupError

# The name of the connection to an own copy of a backup.
COPY = "backup"
# Seconds to wait for whoever has the database locked.
PATIENCE = 10.0


def require_file(connection: BaseDatabaseWrapper) -> Path:
    file = Path(connection.settings_dict["NAME"])
    if not file.is_file():
        raise BackupError(f"There is no database at {file}.")
    return file


def write_copy(connection: BaseDatabaseWrapper, file: Path) -> None:
    """Copy the database into `file` as it was at one moment, while others write. Raises BackupError."""
    try:
        with closing(_read(require_file(connection))) as source, closing(_open(file)) as copy:
            # All pages in one step, which is one snapshot: in WAL mode nobody waits for a reader. In several
            # steps it would begin anew with each thing written in between.
            source.backup(copy)
            # One file that stands alone; in WAL mode it would need two more beside it.
            copy.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        raise BackupError(f"SQLite cannot copy the database: {error}.") from error


@contextmanager
def up_to_date_copy(file: Path) -> Iterator[str]:
    """Yield the alias of a connection to an own copy of the backup, with all migrations applied.

    Raises BackupError where the file is damaged.
    """
    with tempfile.TemporaryDirectory(prefix="discussit-restore-") as folder:
        copy = Path(folder) / "db.sqlite3"
        try:
            with closing(_read(file)) as source, closing(_open(copy)) as target:
                source.backup(target)
                (found,) = target.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.Error as error:
            raise BackupError(f"{file} cannot be read by SQLite: {error}.") from error
        if found != "ok":
            raise BackupError(f"{file} is damaged: {found}.")
        ours = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(copy)}
        connections.settings[COPY] = connections.configure_settings(
            {**connections.settings, COPY: ours}
        )[COPY]
        try:
            yield COPY
        finally:
            connections[COPY].close()
            del connections[COPY], connections.settings[COPY]


def put(alias: str, connection: BaseDatabaseWrapper) -> None:
    """Put what is in the database `alias` into that of `connection`: all of it, or after an error nothing.

    Through SQLite rather than by replacing the file, so that whoever has it open is not left with another.
    """
    connections[alias].close()
    try:
        with (
            closing(_read(Path(connections[alias].settings_dict["NAME"]))) as source,
            closing(_open(Path(connection.settings_dict["NAME"]))) as target,
        ):
            source.backup(target)
    except sqlite3.Error as error:
        raise BackupError(f"SQLite cannot write the database: {error}.") from error


def _read(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=PATIENCE)


def _open(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(file, timeout=PATIENCE)
