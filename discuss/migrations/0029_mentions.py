import discuss.models.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from discuss.db.altering import lock_tables


class Migration(migrations.Migration):
    dependencies = [
        ("discuss", "0028_bookmarks"),
    ]

    operations = [
        lock_tables("User", "Group", "Membership", "Entry"),
        migrations.AddField(
            model_name="membership",
            name="level",
            field=models.CharField(
                choices=[
                    ("all", "All messages"),
                    ("mentions", "Mentions alone"),
                    ("nothing", "Nothing"),
                ],
                db_default="all",
                default="all",
                editable=False,
                max_length=16,
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="sound",
            field=discuss.models.fields.SettingField(
                blank=True,
                choices=[("", "No sound"), ("mentions", "A short sound")],
                db_default="",
                default="",
                editable=False,
                max_length=16,
                verbose_name="sound",
            ),
        ),
        migrations.CreateModel(
            name="Mention",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveBigIntegerField(db_default=0, default=0)),
                ("is_here", models.BooleanField(db_default=False, default=False)),
                (
                    "entry",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="mentions",
                        to="discuss.entry",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="mentions",
                        to="discuss.group",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="mentions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "mention",
                "verbose_name_plural": "mentions",
                "indexes": [
                    models.Index(fields=["group", "user", "position"], name="mentions_by_position")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("user", "entry"), name="one_mention_each")
                ],
            },
        ),
    ]
