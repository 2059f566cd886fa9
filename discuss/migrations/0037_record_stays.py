from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from discuss.db import append_only
from discuss.db.altering import lock_tables


def make_anew(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make the triggers of this version in the place of those of the version before, which had fewer."""
    append_only.drop(schema_editor.connection)
    append_only.create(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        ("discuss", "0036_group_settings"),
    ]

    operations = [
        lock_tables("Act"),
        migrations.RunPython(make_anew, migrations.RunPython.noop),
    ]
