"""How migrations alter tables of PostgreSQL while processes of the version before go on to write.

An SQLite has one process, so no other goes on there.
"""

import time
from typing import Any

from django.apps.registry import Apps
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import OperationalError, migrations, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# Milliseconds that others wait for one table in a try. For six it is less than the second after which
# PostgreSQL looks for a deadlock.
LOCK_TIMEOUT = 150
# Seconds between two tries, and the tries.
PAUSE = 0.5
TRIES = 120


def lock_tables(*models: str) -> migrations.RunPython:
    """Return the operation that locks the tables of these models until the migration ends, all at once.

    It comes first in a migration that alters tables. Others lock these tables in different orders. A
    migration that waits for one of them, with another locked, is in their way until a deadlock is found,
    after a second. So this gives up before that, and tries again.
    """

    def lock(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        if schema_editor.connection.vendor != "postgresql":
            return
        names = (apps.get_model("discuss", model)._meta.db_table for model in models)
        tables = ", ".join(schema_editor.quote_name(name) for name in names)
        for tries_left in reversed(range(TRIES)):
            try:
                with transaction.atomic(using=schema_editor.connection.alias):
                    schema_editor.execute(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT}")
                    schema_editor.execute(f"LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE")
                return
            except OperationalError:
                if not tries_left:
                    raise
                time.sleep(PAUSE)

    return migrations.RunPython(lock, lock)


class AlterForeignKey(migrations.AlterField):
    """On PostgreSQL, without a look at the rows that are there: others would wait for it.

    A later migration looks (check_foreign_keys).
    """

    def database_forwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.sql_create_fk = type(schema_editor).sql_create_fk + " NOT VALID"
        super().database_forwards(app_label, schema_editor, *states)
        schema_editor.sql_create_fk = type(schema_editor).sql_create_fk


def check_foreign_keys(*tables: str) -> migrations.RunPython:
    """Return the operation that has PostgreSQL look whether the rows of these tables fit their foreign keys.

    It locks no row meanwhile: others go on to write. It takes a migration with `atomic = False`, so that each
    look is a transaction of its own, and what was looked at once need not be again.
    """

    def check(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        if schema_editor.connection.vendor != "postgresql":
            return
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(_UNCHECKED, [list(tables)])
            for table, name in cursor.fetchall():
                cursor.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")

    return migrations.RunPython(check, migrations.RunPython.noop, elidable=True)


_UNCHECKED = """
    SELECT conrelid::regclass::text, quote_ident(conname) FROM pg_constraint
    WHERE NOT convalidated AND contype = 'f' AND conrelid = ANY (%s::regclass[])
"""


class AddIndex(AddIndexConcurrently):
    """An index that PostgreSQL makes while others write; it takes a migration with `atomic = False`.

    Within a transaction it is made as any other: a restore fills an empty database in one.
    """

    def database_forwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        if not _is_concurrent(schema_editor):
            return migrations.AddIndex.database_forwards(self, app_label, schema_editor, *states)
        # A migration that was broken off leaves one that is not valid.
        name = schema_editor.quote_name(self.index.name)
        schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        return super().database_forwards(app_label, schema_editor, *states)

    def database_backwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        if not _is_concurrent(schema_editor):
            return migrations.AddIndex.database_backwards(self, app_label, schema_editor, *states)
        return super().database_backwards(app_label, schema_editor, *states)


def _is_concurrent(schema_editor: BaseDatabaseSchemaEditor) -> bool:
    connection = schema_editor.connection
    return connection.vendor == "postgresql" and not connection.in_atomic_block
