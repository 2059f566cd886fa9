import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from discuss.db.altering import lock_tables


class Migration(migrations.Migration):
    dependencies = [
        ("discuss", "0037_record_stays"),
    ]

    operations = [
        lock_tables("User", "Group"),
        migrations.AlterModelOptions(
            name="entry",
            options={
                "permissions": [("erase_entry", "Can erase entry")],
                "verbose_name": "entry",
                "verbose_name_plural": "entries",
            },
        ),
        migrations.CreateModel(
            name="LongAct",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("hide", "Hide everything"), ("erase", "Erase everything")],
                        max_length=16,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "Under way"),
                            ("stopped", "Stopped"),
                            ("done", "Done"),
                            ("undoing", "Being taken back"),
                            ("undone", "Taken back"),
                        ],
                        db_default="running",
                        default="running",
                        max_length=16,
                    ),
                ),
                ("act_id", models.BigIntegerField(unique=True)),
                ("since", models.DateTimeField(null=True)),
                (
                    "upto",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                    ),
                ),
                ("at_group", models.BigIntegerField(db_default=0, default=0)),
                ("below", models.BigIntegerField(null=True)),
                ("total", models.PositiveBigIntegerField(db_default=0, default=0)),
                ("done", models.PositiveBigIntegerField(db_default=0, default=0)),
                ("restored", models.PositiveBigIntegerField(db_default=0, default=0)),
                ("beat", models.PositiveBigIntegerField(db_default=0, default=0)),
                (
                    "group",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="long_acts",
                        to="discuss.group",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="long_acts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "act over many lines",
                "verbose_name_plural": "acts over many lines",
                "default_permissions": (),
                "indexes": [models.Index(fields=["user", "id"], name="long_acts_of_user")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("group__isnull", False), ("state__in", ["running", "undoing"])
                        ),
                        fields=("user", "group"),
                        name="one_long_act_in_group",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("group", None), ("state__in", ["running", "undoing"])),
                        fields=("user",),
                        name="one_long_act_on_site",
                    ),
                ],
            },
        ),
    ]
