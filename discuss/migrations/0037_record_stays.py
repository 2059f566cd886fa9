from django.apps.registry import Apps
from django.db import migrations, models
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
        migrations.AddField(
            model_name="act",
            name="role",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=16, verbose_name="role"
            ),
        ),
        # After all else: SQLite makes the table anew for a column that is not NULL.
        migrations.RunPython(make_anew, migrations.RunPython.noop),
    ]
