import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from discuss.db.altering import AlterForeignKey, lock_tables


class Migration(migrations.Migration):
    dependencies = [
        ("discuss", "0030_moderation"),
    ]

    operations = [
        lock_tables("User", "Reaction"),
        AlterForeignKey(
            model_name="reaction",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
