import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from discuss.db.altering import lock_tables


class Migration(migrations.Migration):
    dependencies = [
        ("discuss", "0022_drafts"),
    ]

    operations = [
        lock_tables("User"),
        migrations.CreateModel(
            name="IndexProgress",
            fields=[
                (
                    "id",
                    models.PositiveSmallIntegerField(
                        default=1, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("left", models.PositiveBigIntegerField(db_default=0, default=0)),
                ("upto", models.PositiveBigIntegerField(db_default=0, default=0)),
            ],
            options={
                "verbose_name": "progress of the index",
                "verbose_name_plural": "progress of the index",
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="one_index")
                ],
            },
        ),
        migrations.CreateModel(
            name="RecentSearch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("words", models.CharField(db_default="", max_length=200)),
                (
                    "searched_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="recent_searches",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "recent search",
                "verbose_name_plural": "recent searches",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "words"), name="one_search_remembered_once"
                    )
                ],
            },
        ),
    ]
