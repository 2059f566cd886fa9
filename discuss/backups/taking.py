"""Taking a backup, while the server is running."""

from pathlib import Path

from django.db import Error, connection

from discuss.backups import postgres, sqlite
from discuss.backups.files import BackupError, new_file
from discuss.models import Group


def take_backup(file: Path, *, force: bool = False) -> None:
    """Write a consistent copy of the whole database to `file`: what was committed at one moment.

    Raises BackupError, and leaves `file` as it was.
    """
    if connection.vendor == "sqlite":
        sqlite.require_file(connection)  # Django would make an empty one
    try:
        tables = connection.introspection.table_names()
    except Error as error:
        raise BackupError(f"The database cannot be reached: {error}") from error
    if Group._meta.db_table not in tables:
        raise BackupError("There is nothing to back up: this database has no groups' table.")
    with new_file(file, force=force) as unfinished:
        if connection.vendor == "sqlite":
            sqlite.write_copy(connection, unfinished)
        else:
            postgres.dump(connection, unfinished)
