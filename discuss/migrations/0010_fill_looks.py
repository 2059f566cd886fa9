from itertools import batched

from django.apps.registry import Apps
from django.db import IntegrityError, migrations, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from discuss.rules.names import look_of

# People in one transaction, because writers wait for each other.
AT_ONCE = 200


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Give everybody's name its look. Of several that look alike the oldest has it."""
    database = schema_editor.connection.alias
    people = apps.get_model("discuss", "User").objects.using(database)
    names = people.filter(username_look=None).order_by("pk").values_list("pk", "username")
    for some in batched(list(names), AT_ONCE):
        with transaction.atomic(using=database):
            for pk, name in some:
                try:
                    with transaction.atomic(using=database):
                        people.filter(pk=pk).update(username_look=look_of(name))
                except IntegrityError:
                    pass  # it goes on as it is, without a look


class Migration(migrations.Migration):
    # Begun again, it goes on where it stopped.
    atomic = False

    dependencies = [
        ("discuss", "0009_looks"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
