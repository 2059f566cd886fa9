import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from discuss.db.altering import lock_tables


class Migration(migrations.Migration):
    dependencies = [
        ("discuss", "0038_long_acts"),
    ]

    operations = [
        lock_tables("User", "Case", "Act"),
        migrations.CreateModel(
            name="Appeal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("act_id", models.BigIntegerField(unique=True)),
                ("actor_id", models.BigIntegerField(null=True)),
                ("role", models.CharField(db_default="", default="", max_length=16)),
                ("note", models.CharField(max_length=500)),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                    ),
                ),
                ("told_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="appeals",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "appeal",
                "verbose_name_plural": "appeals",
                "default_permissions": (),
                "indexes": [models.Index(fields=["actor_id"], name="appeals_against")],
            },
        ),
        migrations.AddField(
            model_name="act",
            name="rule_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="appeal",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.DB_CASCADE,
                related_name="case",
                to="discuss.appeal",
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="kind",
            field=models.CharField(
                choices=[
                    ("message", "Message"),
                    ("person", "Person"),
                    ("group", "Group"),
                    ("held", "Held message"),
                    ("appeal", "Appeal"),
                ],
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="group",
            name="record_is_public",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
