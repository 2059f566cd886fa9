from django.db import migrations, models

from discuss.db.altering import lock_tables


class Migration(migrations.Migration):
    dependencies = [
        ("discuss", "0021_revisions"),
    ]

    operations = [
        lock_tables("Membership"),
        migrations.CreateModel(
            name="KeptDraft",
            fields=[
                (
                    "membership",
                    models.OneToOneField(
                        on_delete=models.DB_CASCADE,
                        primary_key=True,
                        related_name="kept_draft",
                        serialize=False,
                        to="discuss.membership",
                    ),
                ),
                ("text", models.TextField(db_default="", default="")),
            ],
            options={"verbose_name": "draft", "verbose_name_plural": "drafts"},
        ),
    ]
