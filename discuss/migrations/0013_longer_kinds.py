from django.db import migrations, models

from discuss.db.altering import lock_tables


class Migration(migrations.Migration):
    """Room for longer kinds. PostgreSQL rewrites no row for that, and all kinds of the version before fit."""

    dependencies = [("discuss", "0012_foreign_keys_checked")]

    operations = [
        lock_tables("Entry"),
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
                    ("closed", "Account Closed"),
                    ("reopened", "Account Reopened"),
                ],
                max_length=32,
            ),
        ),
    ]
