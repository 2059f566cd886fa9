from django.db import migrations, models

from discuss.db.altering import lock_tables


class Migration(migrations.Migration):
    dependencies = [
        ("discuss", "0045_skins"),
    ]

    operations = [
        lock_tables("Membership"),
        migrations.AddField(
            model_name="membership",
            name="markings",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
    ]
