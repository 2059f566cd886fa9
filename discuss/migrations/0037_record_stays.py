from typing import Any

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from discuss.db import append_only
from discuss.db.altering import lock_tables


def make_anew(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make the triggers of this version in the place of those of the version before, which had fewer."""
    append_only.drop(schema_editor.connection)
    append_only.create(schema_editor.connection)


def forget_names(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the names of authors out of what cases keep: they are looked up, as long as there is somebody."""
    all_cases = apps.get_model("discuss", "Case").objects.using(schema_editor.connection.alias)
    cases = all_cases.filter(snapshot__isnull=False)
    for pk, kept in cases.values_list("pk", "snapshot").iterator():
        snapshot: dict[str, Any] = kept or {}
        lines = snapshot.get("lines", ())
        if any("author" in line for line in lines):
            without = [{key: line[key] for key in line if key != "author"} for line in lines]
            cases.filter(pk=pk).update(snapshot={**snapshot, "lines": without})


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
        migrations.RunPython(forget_names, migrations.RunPython.noop, elidable=True),
    ]
