import time
from typing import Any

from django.apps.registry import Apps
from django.conf import settings
from django.db import OperationalError, migrations, models, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# Seconds between two tries to lock the tables, and the tries.
PAUSE = 0.5
TRIES = 120


def lock_tables(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """On PostgreSQL, lock what is altered here, all of it at once.

    Processes of the version before go on, and lock these tables in different orders: who waits for one of
    them with another locked would be in somebody's way until the deadlock is found, after a second. So this
    gives up before that, and tries again.
    """
    if schema_editor.connection.vendor != "postgresql":
        return
    names = ("User", "Group", "Membership", "Entry")
    tables = ", ".join(
        schema_editor.quote_name(apps.get_model("discuss", name)._meta.db_table) for name in names
    )
    for tries_left in reversed(range(TRIES)):
        try:
            with transaction.atomic(using=schema_editor.connection.alias):
                schema_editor.execute("SET LOCAL lock_timeout = '200ms'")
                schema_editor.execute(f"LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE")
            return
        except OperationalError:
            if not tries_left:
                raise
            time.sleep(PAUSE)


class AlterForeignKey(migrations.AlterField):
    """On PostgreSQL, without a look at the rows that are there: others would wait for it. 0012 looks."""

    def database_forwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.sql_create_fk = type(schema_editor).sql_create_fk + " NOT VALID"
        super().database_forwards(app_label, schema_editor, *states)
        schema_editor.sql_create_fk = type(schema_editor).sql_create_fk


class Migration(migrations.Migration):
    dependencies = [
        ("discuss", "0010_fill_looks"),
    ]

    operations = [
        migrations.RunPython(lock_tables, lock_tables),
        migrations.AddField(
            model_name="group",
            name="is_deleted",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        AlterForeignKey(
            model_name="entry",
            name="author",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=models.DB_SET_NULL,
                related_name="entries",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        AlterForeignKey(
            model_name="entry",
            name="group",
            field=models.ForeignKey(
                db_index=False,
                on_delete=models.DB_CASCADE,
                related_name="entries",
                to="discuss.group",
            ),
        ),
        AlterForeignKey(
            model_name="entry",
            name="subject",
            field=models.ForeignKey(
                null=True,
                on_delete=models.DB_SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        AlterForeignKey(
            model_name="membership",
            name="group",
            field=models.ForeignKey(
                on_delete=models.DB_CASCADE, related_name="memberships", to="discuss.group"
            ),
        ),
        AlterForeignKey(
            model_name="membership",
            name="user",
            field=models.ForeignKey(
                on_delete=models.DB_CASCADE,
                related_name="memberships",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.CreateModel(
            name="Deletion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("beat", models.PositiveBigIntegerField(default=0)),
                (
                    "group",
                    models.OneToOneField(
                        null=True,
                        on_delete=models.DB_CASCADE,
                        related_name="deletion",
                        to="discuss.group",
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        null=True,
                        on_delete=models.DB_CASCADE,
                        related_name="deletion",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("user", None), ("group", None), _connector="XOR"),
                        name="one_thing_is_deleted",
                    )
                ],
            },
        ),
    ]
