"""PostgreSQL's side of backups: its own pg_dump and pg_restore."""

import os
import shutil
import subprocess
from pathlib import Path

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql.client import DatabaseClient

from discuss.backups.files import BackupError
from discuss.db import search_tables

# Where Debian keeps the programs of each version.
VERSIONS = Path("/usr/lib/postgresql")


def dump(connection: BaseDatabaseWrapper, file: Path) -> None:
    """Write the database to `file` as it was at one moment. Raises BackupError."""
    options = ["--format=custom", "--no-owner", "--no-privileges", "--no-comments"]
    _run("pg_dump", connection, [*options, f"--file={file}"])


def load(connection: BaseDatabaseWrapper, file: Path) -> None:
    """Put a dump into this empty database: all of it, or after an error nothing. Raises BackupError."""
    options = ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"]
    _run("pg_restore", connection, [*options, str(file)])


def empty(connection: BaseDatabaseWrapper) -> None:
    """Drop every table, as only who has just filled an empty database may."""
    connection.close()  # what it was in the middle of is over
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"DROP TABLE IF EXISTS {connection.ops.quote_name(table)} CASCADE")
        search_tables.drop(connection)


def _run(name: str, connection: BaseDatabaseWrapper, arguments: list[str]) -> None:
    settings = connection.settings_dict
    # Django knows which setting is which variable, the password and TLS among them: a command line is
    # for everybody on the machine to read.
    _, secrets = DatabaseClient.settings_to_cmd_args_env(settings, [])
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER"}
    address = {key: str(settings[kept]) for key, kept in names.items() if settings[kept]}
    # A name with = in it would be taken for a connection string, so it is given as one.
    quoted = str(settings["NAME"]).replace("\\", "\\\\").replace("'", "\\'")
    done = subprocess.run(  # noqa: S603  (a list, no shell; the program is one of PostgreSQL's)
        [_find(name), "--no-password", f"--dbname=dbname='{quoted}'", *arguments],
        env={**os.environ, **address, **(secrets or {}), "LC_MESSAGES": "C"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        raise BackupError(done.stderr.strip() or f"{name} ended with {done.returncode}.")


def _find(name: str) -> str:
    """Return the path of one of PostgreSQL's programs, the newest where none is on the PATH."""
    found = shutil.which(name)
    if found:
        return found
    for folder in sorted(VERSIONS.glob("[0-9]*/bin"), key=_version, reverse=True):
        if os.access(folder / name, os.X_OK):
            return str(folder / name)
    raise BackupError(f"{name} was not found: install PostgreSQL's client programs.")


def _version(folder: Path) -> float:
    return float(folder.parent.name)
