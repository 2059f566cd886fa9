from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from discuss.db import search_tables
from discuss.db.altering import lock_tables


def note_new(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    search_tables.note_new(schema_editor.connection)


def note_nothing(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    search_tables.note_new(schema_editor.connection, is_on=False)


class Migration(migrations.Migration):
    dependencies = [
        ("discuss", "0051_token_sheet"),
    ]

    operations = [
        lock_tables("Entry"),
        migrations.RunPython(note_new, note_nothing),
    ]
