import discuss.rules.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("discuss", "0018_display_names"),
    ]

    operations = [
        migrations.CreateModel(
            name="Site",
            fields=[
                (
                    "id",
                    models.PositiveSmallIntegerField(
                        default=1, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        max_length=40,
                        validators=[discuss.rules.text.validate_name],
                        verbose_name="name",
                    ),
                ),
                (
                    "words",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        max_length=120,
                        validators=[discuss.rules.text.validate_marks],
                        verbose_name="words",
                    ),
                ),
            ],
            options={
                "verbose_name": "name of the site",
                "verbose_name_plural": "name of the site",
                "default_permissions": ("change",),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="one_site")
                ],
            },
        ),
        migrations.AlterModelOptions(
            name="user",
            options={
                "permissions": [("close_user", "Can close user")],
                "verbose_name": "user",
                "verbose_name_plural": "users",
            },
        ),
    ]
