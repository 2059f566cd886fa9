import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from discuss.db.altering import lock_tables


class Migration(migrations.Migration):
    dependencies = [
        ("discuss", "0042_networks"),
    ]

    operations = [
        lock_tables("User"),
        migrations.CreateModel(
            name="HeldSignUp",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        primary_key=True,
                        related_name="held_sign_up",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                    ),
                ),
                ("refused_at", models.DateTimeField(db_index=True, null=True)),
                ("reason", models.CharField(db_default="", default="", max_length=32)),
            ],
            options={
                "verbose_name": "account that waits",
                "verbose_name_plural": "accounts that wait",
                "default_permissions": (),
            },
        ),
        migrations.AlterField(
            model_name="case",
            name="kind",
            field=models.CharField(
                choices=[
                    ("message", "Message"),
                    ("person", "Person"),
                    ("group", "Group"),
                    ("held", "Held message"),
                    ("sign-up", "New account"),
                    ("appeal", "Appeal"),
                ],
                max_length=16,
            ),
        ),
    ]
