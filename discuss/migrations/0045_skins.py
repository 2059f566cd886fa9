from django.db import migrations, models

import discuss.models.fields
from discuss.db.altering import lock_tables


class Migration(migrations.Migration):
    dependencies = [
        ("discuss", "0044_charts"),
    ]

    operations = [
        lock_tables("User", "Group"),
        migrations.AddField(
            model_name="group",
            name="skin",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=30, verbose_name="skin"
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="skins",
            field=discuss.models.fields.SettingField(
                blank=True,
                choices=[("", "As each group chose"), ("off", "All alike")],
                db_default="",
                default="",
                editable=False,
                max_length=16,
                verbose_name="skins",
            ),
        ),
    ]
