from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from discuss.db import search_tables
from discuss.db.altering import lock_tables


def note_first(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    search_tables.set_fastupdate(schema_editor.connection, "on")


def put_at_once(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    search_tables.set_fastupdate(schema_editor.connection, "off")


class Migration(migrations.Migration):
    dependencies = [
        ("discuss", "0051_token_sheet"),
    ]

    operations = [
        lock_tables("Entry"),
        migrations.RunPython(note_first, put_at_once),
    ]
