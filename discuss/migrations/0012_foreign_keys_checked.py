from django.db import migrations

from discuss.db.altering import check_foreign_keys


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("discuss", "0011_deletions"),
    ]

    operations = [check_foreign_keys("discuss_entry", "discuss_membership")]
