import django.db.models.deletion
from django.apps.registry import Apps
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def take_over(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Keep everybody logged in: their sessions stand in Django's own table.

    They stay there: during an update, processes of the version before go on with them.
    """
    before = apps.get_model("sessions", "Session").objects.using(schema_editor.connection.alias)
    after = apps.get_model("discuss", "Session").objects.using(schema_editor.connection.alias)
    sessions = (
        {
            "session_key": session.session_key,
            "session_data": session.session_data,
            "expire_date": session.expire_date,
            "user_id": SessionStore().decode(session.session_data).get(SESSION_KEY),
        }
        for session in before.iterator()
    )
    after.bulk_create((after.model(**session) for session in sessions), batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("discuss", "0003_limits"), ("sessions", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "session_key",
                    models.CharField(
                        max_length=40,
                        primary_key=True,
                        serialize=False,
                        verbose_name="session key",
                    ),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "session",
                "verbose_name_plural": "sessions",
                "abstract": False,
            },
        ),
        migrations.RunPython(take_over, migrations.RunPython.noop, elidable=True),
    ]
