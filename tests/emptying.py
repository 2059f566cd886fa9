"""Empties a database between two tests."""

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

# Rows that the migrations made; everything else goes.
KEPT = {"django_migrations", "django_content_type", "auth_permission", "sqlite_sequence"}


def empty(connection: BaseDatabaseWrapper) -> None:
    """Delete every row but those that the migrations made, which Django's own flush would make anew."""
    with (
        connection.constraint_checks_disabled(),
        transaction.atomic(connection.alias),
        connection.cursor() as cursor,
    ):
        for table in set(connection.introspection.table_names(cursor)) - KEPT:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")  # noqa: S608
