import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from discuss.db.altering import lock_tables


class Migration(migrations.Migration):
    dependencies = [
        ("discuss", "0035_filters"),
    ]

    operations = [
        lock_tables("User", "Group", "Case", "Held"),
        migrations.AddField(
            model_name="case",
            name="held",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.DB_CASCADE,
                related_name="case",
                to="discuss.held",
            ),
        ),
        migrations.AddField(
            model_name="group",
            name="held_days",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="held",
            name="discarded_at",
            field=models.DateTimeField(null=True),
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
                ],
                max_length=16,
            ),
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
                    ("set", "Setting Changed"),
                    ("named", "Named"),
                    ("closed", "Account Closed"),
                    ("reopened", "Account Reopened"),
                ],
                max_length=32,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="group",
            name="invites",
            field=models.CharField(
                choices=[("members", "All members"), ("moderators", "Moderators")],
                db_default="moderators",
                default="moderators",
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="group",
            name="is_locked",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AlterField(
            model_name="group",
            name="newcomers_wait",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AlterField(
            model_name="group",
            name="pins",
            field=models.CharField(
                choices=[("members", "All members"), ("moderators", "Moderators")],
                db_default="moderators",
                default="moderators",
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="group",
            name="posting",
            field=models.CharField(
                choices=[("everybody", "Everybody"), ("moderators", "Moderators")],
                db_default="everybody",
                default="everybody",
                max_length=16,
                verbose_name="posting",
            ),
        ),
        migrations.AlterField(
            model_name="group",
            name="slow_mode",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.CreateModel(
            name="LastPost",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(db_index=True)),
                (
                    "group",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="+",
                        to="discuss.group",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("group", "user"), name="one_last_post_each")
                ],
            },
        ),
    ]
