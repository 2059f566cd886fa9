import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from discuss.db.altering import lock_tables


class Migration(migrations.Migration):
    dependencies = [
        ("discuss", "0041_record_indexes"),
    ]

    operations = [
        lock_tables("User"),
        migrations.CreateModel(
            name="BlockedNetwork",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("network", models.CharField(max_length=43, unique=True, verbose_name="network")),
                (
                    "bars",
                    models.CharField(
                        choices=[
                            ("sign-ups", "No new accounts"),
                            ("entrance", "No entrance at all"),
                        ],
                        max_length=16,
                        verbose_name="what it bars",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("spam", "Spam or advertising"),
                            ("insult", "Insults or harassment"),
                            ("hate", "Hatred against a group of people"),
                            ("violence", "Violence, or a threat of it"),
                            ("sexual", "Sexual content"),
                            ("private", "Private facts about somebody"),
                            ("false name", "Somebody passes for somebody else"),
                            ("off topic", "It does not belong here"),
                            ("flood", "Too much at once"),
                            ("other", "Something else"),
                        ],
                        db_default="",
                        default="",
                        max_length=32,
                        verbose_name="reason",
                    ),
                ),
                (
                    "note",
                    models.CharField(
                        blank=True, db_default="", default="", max_length=500, verbose_name="note"
                    ),
                ),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                        verbose_name="time",
                    ),
                ),
                ("until", models.DateTimeField(db_index=True, null=True, verbose_name="until")),
                ("hits", models.BigIntegerField(db_default=0, default=0, verbose_name="hits")),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DB_SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
            ],
            options={
                "verbose_name": "blocked network",
                "verbose_name_plural": "blocked networks",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="SeenAddress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("address", models.CharField(max_length=39)),
                (
                    "seen_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        db_index=True,
                        default=django.utils.timezone.now,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="seen_addresses",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "address of a person",
                "verbose_name_plural": "addresses of people",
                "default_permissions": (),
                "indexes": [models.Index(fields=["address", "seen_at"], name="seen_there")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "address"), name="one_row_per_user_and_address"
                    )
                ],
            },
        ),
    ]
