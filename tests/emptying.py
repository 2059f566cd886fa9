"""Empties a database between two tests."""

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from discuss.db import search_index
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
        for table in tables - index:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")  # noqa: S608
