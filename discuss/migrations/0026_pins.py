from django.db import migrations, models

from discuss.db.altering import lock_tables


class Migration(migrations.Migration):
    dependencies = [
        ("discuss", "0025_reactions"),
    ]

    operations = [
        lock_tables("Entry"),
        migrations.AddField(
            model_name="entry",
            name="pin",
            field=models.BigIntegerField(editable=False, null=True),
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
                    ("pinned", "Pinned"),
                    ("named", "Named"),
                    ("closed", "Account Closed"),
                    ("reopened", "Account Reopened"),
                ],
                max_length=32,
                verbose_name="kind",
            ),
        ),
    ]
