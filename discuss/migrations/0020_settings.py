import discuss.models.fields
from django.db import migrations

from discuss.db.altering import lock_tables


class Migration(migrations.Migration):
    dependencies = [
        ("discuss", "0019_site"),
    ]

    operations = [
        lock_tables("User"),
        migrations.AddField(
            model_name="user",
            name="color_scheme",
            field=discuss.models.fields.SettingField(
                blank=True,
                choices=[("", "As the device"), ("light", "Light"), ("dark", "Dark")],
                db_default="",
                default="",
                editable=False,
                max_length=16,
                verbose_name="color scheme",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="composer",
            field=discuss.models.fields.SettingField(
                blank=True,
                choices=[("", "One line"), ("large", "Several lines")],
                db_default="",
                default="",
                editable=False,
                max_length=16,
                verbose_name="composer",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="density",
            field=discuss.models.fields.SettingField(
                blank=True,
                choices=[("", "Roomy"), ("compact", "Compact")],
                db_default="",
                default="",
                editable=False,
                max_length=16,
                verbose_name="density",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="text_size",
            field=discuss.models.fields.SettingField(
                blank=True,
                choices=[("", "Normal"), ("large", "Large"), ("largest", "Very large")],
                db_default="",
                default="",
                editable=False,
                max_length=16,
                verbose_name="text size",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="time_zone",
            field=discuss.models.fields.SettingField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                max_length=64,
                verbose_name="time zone",
            ),
        ),
    ]
