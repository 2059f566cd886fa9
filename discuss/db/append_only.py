"""Triggers by which the database refuses to change or delete what is only ever added to."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

# Tables whose rows stay as they are.
TABLES = ("discuss_act",)
FUNCTION = "discuss_rows_stay"
REFUSAL = "Rows of this table are neither changed nor deleted."

_CREATE_FUNCTION = f"""
CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation';
END
$function$
"""


# For each trigger of a table on SQLite, by the end of its name: when it refuses. INSERT OR REPLACE deletes
# the row in whose place it puts another, and no trigger of DELETE hears of that.
_ON_SQLITE = {
    "update": "UPDATE ON {table}",
    "delete": "DELETE ON {table}",
    "insert": "INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)",
}
# The same on PostgreSQL. TRUNCATE is no DELETE to it.
_ON_POSTGRES = {
    "": "UPDATE OR DELETE ON {table} FOR EACH ROW",
    "truncate": "TRUNCATE ON {table} FOR EACH STATEMENT",
}


def names(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the names of the triggers that there are in this kind of database."""
    return [name for name, _ in _triggers(connection)]


def create(connection: BaseDatabaseWrapper) -> None:
    """Have the database refuse it. SQLite forgets its triggers with a table that a migration makes anew."""
    is_postgres = connection.vendor == "postgresql"
    does = f"EXECUTE FUNCTION {FUNCTION}()"
    if not is_postgres:
        does = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    with connection.cursor() as cursor:
        if is_postgres:
            cursor.execute(_CREATE_FUNCTION)
        for name, when in _triggers(connection):
            cursor.execute(f"CREATE TRIGGER {name} BEFORE {when} {does}")


def drop(connection: BaseDatabaseWrapper) -> None:
    """Let everything be done to these tables."""
    is_postgres = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        for table in TABLES:
            for name, _ in _triggers(connection, table):
                of_table = f" ON {table}" if is_postgres else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}{of_table}")
        if is_postgres:
            cursor.execute(f"DROP FUNCTION IF EXISTS {FUNCTION}()")


@contextmanager
def taken_away(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Let everything be done to these tables meanwhile.

    What fails inside may have broken the transaction: then its end puts them back, and nothing else could.
    """
    with transaction.atomic(using=connection.alias):
        drop(connection)
        yield
        create(connection)


def _triggers(connection: BaseDatabaseWrapper, *tables: str) -> Iterator[tuple[str, str]]:
    """Yield the name of each trigger, and when it refuses."""
    kinds = _ON_POSTGRES if connection.vendor == "postgresql" else _ON_SQLITE
    for table in tables or TABLES:
        for kind, when in kinds.items():
            yield "_".join(filter(None, [table, "stays", kind])), when.format(table=table)
