import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from discuss.db.altering import lock_tables


class Migration(migrations.Migration):
    dependencies = [
        ("discuss", "0047_design"),
    ]

    operations = [
        lock_tables("Case", "User"),
        migrations.AddField(
            model_name="case",
            name="knows_authors",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.CreateModel(
            name="CaseAuthor",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="authors",
                        to="discuss.case",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "author in a case",
                "verbose_name_plural": "authors in cases",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("case", "user"), name="one_author_per_case")
                ],
            },
        ),
    ]
