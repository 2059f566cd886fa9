import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from discuss.db import append_only
from discuss.db.altering import lock_tables


def make_triggers(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    append_only.create(schema_editor.connection)


def drop_triggers(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    append_only.drop(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        ("discuss", "0029_mentions"),
    ]

    operations = [
        lock_tables("User", "Group", "Membership", "Entry"),
        migrations.AddField(
            model_name="entry",
            name="hidden_by",
            field=models.BigIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="group",
            name="invites",
            field=models.CharField(
                choices=[("members", "All members"), ("moderators", "Moderators")],
                db_default="moderators",
                default="moderators",
                editable=False,
                max_length=16,
            ),
        ),
        migrations.AddField(
            model_name="group",
            name="is_locked",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AddField(
            model_name="group",
            name="newcomers_wait",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name="group",
            name="pins",
            field=models.CharField(
                choices=[("members", "All members"), ("moderators", "Moderators")],
                db_default="moderators",
                default="moderators",
                editable=False,
                max_length=16,
            ),
        ),
        migrations.AddField(
            model_name="group",
            name="record_is_public",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AlterField(
            model_name="entry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("message", "Message"),
                    ("created", "Created"),
                    ("joined", "Joined"),
                    ("left", "Left"),
                    ("removed", "Removed"),
                    ("handed over", "Handed Over"),
                    ("promoted", "Promoted"),
                    ("demoted", "Demoted"),
                    ("renamed", "Renamed"),
                    ("described", "Described"),
                    ("pinned", "Pinned"),
                    ("named", "Named"),
                    ("closed", "Account Closed"),
                    ("reopened", "Account Reopened"),
                ],
                max_length=32,
                verbose_name="kind",
            ),
        ),
        migrations.CreateModel(
            name="Ban",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        primary_key=True,
                        related_name="ban",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("reason", models.CharField(db_default="", default="", max_length=32)),
                ("until", models.DateTimeField(db_index=True, null=True, verbose_name="until")),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                    ),
                ),
            ],
            options={
                "verbose_name": "ban",
                "verbose_name_plural": "bans",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Act",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                        editable=False,
                        verbose_name="time",
                    ),
                ),
                ("kind", models.CharField(max_length=32, verbose_name="act")),
                ("actor_id", models.BigIntegerField(null=True, verbose_name="by")),
                ("user_id", models.BigIntegerField(null=True, verbose_name="to")),
                ("group_id", models.BigIntegerField(null=True, verbose_name="group")),
                ("entry_id", models.BigIntegerField(null=True, verbose_name="message")),
                ("case_id", models.BigIntegerField(null=True, verbose_name="case")),
                (
                    "reason",
                    models.CharField(
                        blank=True, db_default="", default="", max_length=32, verbose_name="reason"
                    ),
                ),
                (
                    "note",
                    models.CharField(
                        blank=True, db_default="", default="", max_length=500, verbose_name="note"
                    ),
                ),
                ("until", models.DateTimeField(null=True, verbose_name="until")),
                ("details", models.JSONField(null=True)),
                ("undoes_id", models.BigIntegerField(null=True)),
            ],
            options={
                "verbose_name": "act of moderation",
                "verbose_name_plural": "acts of moderation",
                "default_permissions": ("add", "view"),
                "indexes": [
                    models.Index(fields=["group_id", "id"], name="acts_in_group"),
                    models.Index(fields=["user_id", "id"], name="acts_to_user"),
                    models.Index(fields=["entry_id"], name="acts_on_message"),
                    models.Index(fields=["undoes_id"], name="acts_undone"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Case",
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
                        choices=[("message", "Message"), ("person", "Person"), ("group", "Group")],
                        max_length=16,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("taken", "Somebody is on it"),
                            ("closed", "Closed"),
                        ],
                        db_default="open",
                        default="open",
                        max_length=16,
                    ),
                ),
                ("taken_at", models.DateTimeField(null=True)),
                (
                    "opened_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                    ),
                ),
                ("closed_at", models.DateTimeField(null=True)),
                ("outcome", models.CharField(db_default="", default="", max_length=32)),
                ("snapshot", models.JSONField(null=True)),
                (
                    "entry",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.DB_SET_NULL,
                        related_name="cases",
                        to="discuss.entry",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="cases",
                        to="discuss.group",
                    ),
                ),
                (
                    "taken_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.DB_SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.DB_SET_NULL,
                        related_name="cases",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "case",
                "verbose_name_plural": "cases",
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "closed"), _negated=True),
                        fields=["opened_at", "id"],
                        name="open_cases",
                    ),
                    models.Index(fields=["group", "state", "opened_at"], name="cases_of_group"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("entry__isnull", False), models.Q(("state", "closed"), _negated=True)
                        ),
                        fields=("entry",),
                        name="one_open_case_per_message",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Held",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField()),
                ("nonce", models.CharField(max_length=60)),
                ("reply_to", models.BigIntegerField(null=True)),
                (
                    "held_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                    ),
                ),
                ("why", models.CharField(db_default="", default="", max_length=32)),
                ("rule", models.BigIntegerField(null=True)),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="held",
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
                "verbose_name": "held message",
                "verbose_name_plural": "held messages",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("user", "nonce"), name="one_held_per_nonce")
                ],
            },
        ),
        migrations.CreateModel(
            name="Warning",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("act_id", models.BigIntegerField(null=True)),
                ("reason", models.CharField(db_default="", default="", max_length=32)),
                ("note", models.CharField(db_default="", default="", max_length=500)),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                    ),
                ),
                ("read_at", models.DateTimeField(null=True)),
                (
                    "group",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="+",
                        to="discuss.group",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="warnings",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "warning",
                "verbose_name_plural": "warnings",
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        condition=models.Q(("read_at", None)),
                        fields=["user"],
                        name="unread_warnings",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Bar",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("until", models.DateTimeField(null=True, verbose_name="until")),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="bars",
                        to="discuss.group",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="bars",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "bar from a group",
                "verbose_name_plural": "bars from groups",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("group", "user"), name="one_bar_per_pair")
                ],
            },
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reason",
                    models.CharField(
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
                        max_length=32,
                    ),
                ),
                ("note", models.CharField(db_default="", default="", max_length=500)),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                    ),
                ),
                ("told_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="reports",
                        to="discuss.case",
                    ),
                ),
                (
                    "reporter",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.DB_SET_NULL,
                        related_name="reports",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "report",
                "verbose_name_plural": "reports",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("case", "reporter"), name="one_report_each")
                ],
            },
        ),
        migrations.RunPython(make_triggers, drop_triggers),
    ]
