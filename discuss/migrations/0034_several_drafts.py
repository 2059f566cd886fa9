from django.db import migrations, models

from discuss.db.altering import lock_tables


class Migration(migrations.Migration):
    dependencies = [
        ("discuss", "0033_unread_at"),
    ]

    operations = [
        lock_tables("KeptDraft"),
        migrations.AddField(
            model_name="keptdraft",
            name="drafts",
            field=models.JSONField(null=True),
        ),
    ]
