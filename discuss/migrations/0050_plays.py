import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from discuss.db.altering import lock_tables


class Migration(migrations.Migration):
    dependencies = [
        ("discuss", "0049_case_authors_indexes"),
    ]

    operations = [
        lock_tables("User", "Group"),
        migrations.AddField(
            model_name="user",
            name="is_made_up",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AlterField(
            model_name="group",
            name="kind",
            field=models.CharField(
                choices=[
                    ("open", "Open"),
                    ("invited", "Invited"),
                    ("direct", "Direct"),
                    ("play", "Play"),
                ],
                db_default="open",
                default="open",
                editable=False,
                max_length=16,
                verbose_name="kind",
            ),
        ),
        migrations.CreateModel(
            name="Play",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        primary_key=True,
                        related_name="play",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("scene", models.CharField(db_default="", default="", max_length=64)),
                ("step", models.PositiveIntegerField(db_default=0, default=0)),
                ("people", models.JSONField(db_default={}, default=dict)),
                ("messages", models.JSONField(db_default={}, default=dict)),
                (
                    "begun_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        db_index=True,
                        default=django.utils.timezone.now,
                    ),
                ),
                (
                    "group",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="play",
                        to="discuss.group",
                    ),
                ),
            ],
            options={
                "verbose_name": "play",
                "verbose_name_plural": "plays",
                "default_permissions": (),
            },
        ),
    ]
