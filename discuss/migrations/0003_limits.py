from django.apps.registry import Apps
from django.core.management import call_command
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def create_table(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    """The table of the cache in CACHES, which is no model: so that `migrate` alone sets everything up."""

    dependencies = [("discuss", "0002_presence")]

    operations = [migrations.RunPython(create_table, migrations.RunPython.noop, elidable=False)]
