from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

UNCHECKED = """
    SELECT conrelid::regclass::text, quote_ident(conname) FROM pg_constraint
    WHERE NOT convalidated AND contype = 'f'
    AND conrelid IN ('discuss_entry'::regclass, 'discuss_membership'::regclass)
"""


def check(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """On PostgreSQL, have it look whether the rows that were there fit their foreign keys, as they do.

    It locks no row meanwhile: others go on to write.
    """
    if schema_editor.connection.vendor == "postgresql":
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(UNCHECKED)
            for table, name in cursor.fetchall():
                cursor.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")


class Migration(migrations.Migration):
    # Each look is a transaction of its own, and what was looked at once need not be again.
    atomic = False

    dependencies = [
        ("discuss", "0011_deletions"),
    ]

    operations = [migrations.RunPython(check, migrations.RunPython.noop, elidable=True)]
