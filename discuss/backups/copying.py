"""Moving from SQLite to PostgreSQL: every row of every model, as it is."""

from collections.abc import Generator
from contextlib import closing
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.management.color import no_style
from django.db import Error, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, Model

from discuss.backups.files import BackupError

# Rows that are in memory at a time.
BATCH = 2_000


def copy_rows(source: str, target: str) -> None:
    """Put the rows of the database `source` in the place of those in `target`, which is PostgreSQL.

    Both have all migrations applied. What `migrate` has put into `target` goes: its content types and
    permissions have other numbers there than the rows that point to them say. One transaction: all rows or
    none. Raises BackupError.
    """
    models = stored_models()
    connection = connections[target]
    with transaction.atomic(using=target):
        with connection.cursor() as cursor:
            # A migration in the same transaction may have had them checked row by row.
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for model in models:
            _delete_all(model, target)
        for model in models:
            try:
                _copy(model, source, target)
            except (Error, ValueError) as error:
                raise BackupError(f"{_table(model)} cannot be copied: {error}") from error
        try:
            # Foreign keys are looked at here at last, so the tables need no order.
            connection.check_constraints()
        except Error as error:
            raise BackupError(f"The rows do not fit each other: {error}") from error
        with connection.cursor() as cursor:
            # Else the next new row would get a number that is taken.
            for statement in connection.ops.sequence_reset_sql(no_style(), models):
                cursor.execute(statement)
        for model in models:
            _compare(model, source, target)
    ContentType.objects.clear_cache()


def stored_models() -> list[type[Model]]:
    """Return every model that has a table of its own, those of many-to-many fields too."""
    models = apps.get_models(include_auto_created=True)
    return [model for model in models if model._meta.managed and not model._meta.proxy]


def _delete_all(model: type[Model], alias: str) -> None:
    rows = model._base_manager.using(alias).all()
    rows._raw_delete(alias)


def _copy(model: type[Model], source: str, target: str) -> None:
    """Copy one table by COPY, which knows nothing of `save()`: auto_now_add would make all of it new."""
    connection = connections[target]
    quote = connection.ops.quote_name
    fields: list[Field] = [  # type: ignore[type-arg]
        field for field in model._meta.local_concrete_fields if not field.generated
    ]
    columns = ", ".join(quote(field.column or field.attname) for field in fields)
    statement = f"COPY {quote(_table(model))} ({columns}) FROM STDIN"
    with (
        closing(_read(model, fields, source, connection)) as rows,
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(statement) as copy,
    ):
        for row in rows:
            copy.write_row(row)


def _read(
    model: type[Model],
    fields: list[Field],  # type: ignore[type-arg]
    source: str,
    connection: BaseDatabaseWrapper,
) -> Generator[list[Any]]:
    """Yield the rows as `connection` wants their values, in order of primary key."""
    rows = model._base_manager.using(source).order_by("pk")
    for row in rows.values_list(*(field.attname for field in fields)).iterator(BATCH):
        pairs = zip(fields, row, strict=True)
        yield [field.get_db_prep_save(value, connection) for field, value in pairs]


def _compare(model: type[Model], source: str, target: str) -> None:
    there, here = (model._base_manager.using(alias).count() for alias in (source, target))
    if there != here:
        raise BackupError(f"{_table(model)} has {there} rows, of which {here} arrived.")


def _table(model: type[Model]) -> str:
    return model._meta.db_table
