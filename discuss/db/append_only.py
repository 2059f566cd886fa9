"""Triggers by which the database refuses to change or delete what is only ever added to."""

from collections.abc import Iterator
from contextlib import contextmanager

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


def create(connection: BaseDatabaseWrapper) -> None:
    """Have the database refuse it. SQLite forgets its triggers with a table that a migration makes anew."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_CREATE_FUNCTION)
        for table in TABLES:
            if connection.vendor == "postgresql":
                cursor.execute(
                    f"CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE ON {table}"
                    f" FOR EACH ROW EXECUTE FUNCTION {FUNCTION}()"
                )
                continue
            for event in ("UPDATE", "DELETE"):
                cursor.execute(
                    f"CREATE TRIGGER {table}_stays_{event.lower()} BEFORE {event} ON {table}"
                    f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
                )


def drop(connection: BaseDatabaseWrapper) -> None:
    """Let everything be done to these tables."""
    with connection.cursor() as cursor:
        for table in TABLES:
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_stays ON {table}")
            else:
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_stays_update")
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_stays_delete")
        if connection.vendor == "postgresql":
            cursor.execute(f"DROP FUNCTION IF EXISTS {FUNCTION}()")


@contextmanager
def taken_away(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Let everything be done to these tables meanwhile, inside of a transaction."""
    drop(connection)
    yield
    create(connection)
