import discuss.models.fields
from django.db import migrations, models

from discuss.db.altering import lock_tables


class Migration(migrations.Migration):
    dependencies = [
        ("discuss", "0017_invitations"),
    ]

    operations = [
        lock_tables("User"),
        migrations.AddField(
            model_name="user",
            name="display_key",
            field=discuss.models.fields.SearchKeyField(
                db_collation="C", db_default="", default="", editable=False, of="display_name"
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="display_look",
            field=discuss.models.fields.DisplayLookField(
                db_collation="C",
                editable=False,
                max_length=500,
                null=True,
                of="display_name",
                unique=True,
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="display_name",
            field=discuss.models.fields.SettingField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                max_length=40,
                verbose_name="display name",
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
                    ("renamed", "Renamed"),
                    ("described", "Described"),
                    ("named", "Named"),
                    ("closed", "Account Closed"),
                    ("reopened", "Account Reopened"),
                ],
                max_length=32,
                verbose_name="kind",
            ),
        ),
    ]
