"""Putting a backup into an empty database, and making it the present."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import Error, connection, connections, transaction
from django.db.migrations.loader import MigrationLoader
from django_tasks_db.models import DBTaskResult

from discuss.backups import postgres, sqlite
from discuss.backups.copying import copy_rows
from discuss.backups.files import BackupError, Kind, kind_of
from discuss.models import Entry, Group, Process, User, new_epoch


class Restored(NamedTuple):
    """How much a backup held."""

    groups: int
    lines: int
    people: int


def restore_backup(file: Path) -> Restored:
    """Put the backup into the database, which must be empty, and bring it up to date.

    Every group gets a new epoch, so that pages that were open before repaint. Sessions stay: people are
    logged in as before. Raises BackupError, and leaves the database empty.
    """
    kind = kind_of(file)
    if kind is Kind.POSTGRESQL and connection.vendor == "sqlite":
        raise BackupError(f"{file} is a dump of PostgreSQL; SQLite cannot read it.")
    _require_empty()
    try:
        if kind is Kind.POSTGRESQL:
            with _empty_after_an_error():
                postgres.load(connection, file)
                _make_present("default")
        else:
            with sqlite.up_to_date_copy(file) as copy:
                _make_present(copy)
                _move_in(copy)
    except Error as error:
        raise BackupError(f"The database refused it: {error}") from error
    ContentType.objects.clear_cache()
    return Restored(Group.objects.count(), Entry.objects.count(), User.objects.count())


def _require_empty() -> None:
    try:
        tables = connection.introspection.table_names()
    except Error as error:
        raise BackupError(f"The database cannot be reached: {error}") from error
    if tables:
        raise BackupError(
            f"The database is not empty: it has {len(tables)} tables. Restore into a new one, and set "
            "DATABASE_URL to it; nothing was changed."
        )


def _make_present(alias: str) -> None:
    """Make what came out of a backup a database of this version, and of now."""
    _require_known(alias)
    with _as_default(alias):
        call_command("migrate", database=alias, interactive=False, verbosity=0)
    with transaction.atomic(using=alias):
        # Cursors from before mean nothing now: lines that they have seen may be missing, others bear
        # the same numbers.
        Group.objects.using(alias).update(epoch=new_epoch())
        # And who was connected then, through which process: those are gone.
        Process.objects.using(alias).all().delete()
        # What waited to be done then was done, or is nothing to be done now, such as a mail.
        DBTaskResult.objects.using(alias).all().delete()
        # Stored html is trusted when it is shown, and a file may hold any. Lines are shown by their text.
        written = Entry.objects.using(alias).filter(html__isnull=False)
        written.update(html=None, renderer=None)


@contextmanager
def _as_default(alias: str) -> Iterator[None]:
    """Have this database be the default one too: a package's migration changes its rows there alone."""
    default = connections["default"]
    connections["default"] = connections[alias]
    try:
        yield
    finally:
        connections["default"] = default


def _require_known(alias: str) -> None:
    """Raise BackupError where it is not DiscussIt's, or of a version newer than this one."""
    loader = MigrationLoader(connections[alias])
    applied = {name for app, name in loader.applied_migrations if app == "discuss"}
    if not applied:
        raise BackupError("This is a database, but not one of DiscussIt.")
    unknown = sorted(applied - {name for app, name in loader.disk_migrations if app == "discuss"})
    if unknown:
        raise BackupError(f"It is from a newer version, which has {unknown[0]}: update first.")


def _move_in(copy: str) -> None:
    if connection.vendor == "sqlite":
        sqlite.put(copy, connection)
    else:
        with transaction.atomic():
            call_command("migrate", interactive=False, verbosity=0)
            copy_rows(copy, "default")


@contextmanager
def _empty_after_an_error() -> Iterator[None]:
    # pg_restore commits on its own, so what fails after it cannot be rolled back.
    try:
        yield
    except BaseException:
        postgres.empty(connection)
        raise
