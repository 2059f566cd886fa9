from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from discuss.db import search_tables


def make_index(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make the index of messages; on SQLite a server puts into it what was written before."""
    connection = schema_editor.connection
    search_tables.create(connection)
    if connection.vendor == "sqlite":
        lines = apps.get_model("discuss", "Entry").objects.using(connection.alias)
        last = lines.order_by("-pk").values_list("pk", flat=True).first()
        if last:
            progress = apps.get_model("discuss", "IndexProgress").objects.using(connection.alias)
            progress.update_or_create(pk=1, defaults={"left": last, "upto": last})


def drop_index(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    search_tables.drop(schema_editor.connection)


class Migration(migrations.Migration):
    # PostgreSQL makes the index while others write. Begun again, it makes it anew.
    atomic = False

    dependencies = [
        ("discuss", "0023_searches"),
    ]

    operations = [
        migrations.RunPython(make_index, drop_index),
    ]
