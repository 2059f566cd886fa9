from django.db import migrations, models

from discuss.db.altering import lock_tables


class Migration(migrations.Migration):
    dependencies = [
        ("discuss", "0032_reactions_checked"),
    ]

    operations = [
        lock_tables("Membership"),
        migrations.AddField(
            model_name="membership",
            name="unread_at",
            field=models.PositiveBigIntegerField(db_default=0, default=0, editable=False),
        ),
    ]
