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
            name="time_zone",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                max_length=64,
                verbose_name="time zone",
            ),
        ),
    ]
