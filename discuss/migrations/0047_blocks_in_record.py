from django.db import migrations, models

from discuss.db.altering import lock_tables


class Migration(migrations.Migration):
    dependencies = [
        ("discuss", "0046_markings"),
    ]

    operations = [
        lock_tables("BlockedNetwork"),
        migrations.AddField(
            model_name="blockednetwork",
            name="act_id",
            field=models.BigIntegerField(null=True),
        ),
    ]
