"""Empties a database between two tests."""

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from discuss.db import append_only, search_index
from discuss.db.search_tables import TABLE

# Rows that the migrations made; everything else goes.
KEPT = {"django_migrations", "django_content_type", "auth_permission", "sqlite_sequence"}


def empty(connection: BaseDatabaseWrapper) -> None:
    """Delete every row but those that the migrations made, which Django's own flush would make anew."""
    with (
        connection.constraint_checks_disabled(),
        transaction.atomic(connection.alias),
        connection.cursor() as cursor,
    ):
        tables = set(connection.introspection.table_names(cursor)) - KEPT
        index = {table for table in tables if table.startswith(TABLE)}
        if index:
            # FTS5 keeps its own order in its tables.
            search_index.clear()
        for table in tables.intersection(append_only.TABLES):
            # Where there is nothing, nothing is refused.
            cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {connection.ops.quote_name(table)})")  # noqa: S608
            if cursor.fetchone()[0]:
                with append_only.taken_away(connection):
                    cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")  # noqa: S608
        for table in tables - index:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")  # noqa: S608
