import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from discuss.db.altering import lock_tables


class Migration(migrations.Migration):
    dependencies = [
        ("discuss", "0034_several_drafts"),
    ]

    operations = [
        lock_tables("User", "Group"),
        migrations.CreateModel(
            name="Filter",
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
                        choices=[
                            ("words", "Words and phrases"),
                            ("denied", "Links to certain sites"),
                            ("allowed", "Links to all but certain sites"),
                            ("mentions", "Many mentions"),
                            ("capitals", "Capitals"),
                            ("repeated", "The same text again"),
                        ],
                        max_length=16,
                        verbose_name="kind",
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                (
                    "terms",
                    models.TextField(blank=True, db_default="", default="", verbose_name="terms"),
                ),
                (
                    "is_part",
                    models.BooleanField(
                        db_default=False, default=False, verbose_name="parts of words"
                    ),
                ),
                ("number", models.IntegerField(db_default=0, default=0)),
                ("seconds", models.IntegerField(db_default=0, default=0)),
                (
                    "does",
                    models.CharField(
                        choices=[
                            ("block", "Refuse it"),
                            ("hold", "Hold it for approval"),
                            ("report", "Send it and report it"),
                            ("note", "Send it and count it"),
                        ],
                        db_default="note",
                        default="note",
                        max_length=16,
                        verbose_name="what it does",
                    ),
                ),
                (
                    "exempt",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Nobody"),
                            ("owner", "Owners"),
                            ("moderator", "Owners and moderators"),
                        ],
                        db_default="",
                        default="",
                        max_length=16,
                        verbose_name="exempt",
                    ),
                ),
                (
                    "is_for_names",
                    models.BooleanField(
                        db_default=False, default=False, verbose_name="for names, too"
                    ),
                ),
                (
                    "is_on",
                    models.BooleanField(
                        db_default=False, default=False, verbose_name="switched on"
                    ),
                ),
                ("version", models.IntegerField(db_default=1, default=1)),
                (
                    "changed_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                        editable=False,
                        verbose_name="changed at",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="filters",
                        to="discuss.group",
                        verbose_name="group",
                    ),
                ),
            ],
            options={
                "verbose_name": "filter",
                "verbose_name_plural": "filters",
                "ordering": ["pk"],
                "default_permissions": ("change", "view"),
            },
        ),
        migrations.CreateModel(
            name="FilterHits",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("hits", models.BigIntegerField(db_default=0, default=0)),
                (
                    "filter",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="days",
                        to="discuss.filter",
                    ),
                ),
            ],
            options={
                "verbose_name": "hits of a filter",
                "verbose_name_plural": "hits of filters",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("filter", "day"), name="one_row_per_filter_and_day"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Utterance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=32)),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        db_index=True,
                        default=django.utils.timezone.now,
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="+",
                        to="discuss.group",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "utterance",
                "verbose_name_plural": "utterances",
                "default_permissions": (),
                "indexes": [models.Index(fields=["user", "digest", "at"], name="said_by")],
            },
        ),
    ]
