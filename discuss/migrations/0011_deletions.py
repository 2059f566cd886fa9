from django.conf import settings
from django.db import migrations, models

from discuss.db.altering import AlterForeignKey, lock_tables


class Migration(migrations.Migration):
    dependencies = [
        ("discuss", "0010_fill_looks"),
    ]

    operations = [
        lock_tables("User", "Group", "Membership", "Entry"),
        migrations.AddField(
            model_name="group",
            name="is_deleted",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        AlterForeignKey(
            model_name="entry",
            name="author",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=models.DB_SET_NULL,
                related_name="entries",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        AlterForeignKey(
            model_name="entry",
            name="group",
            field=models.ForeignKey(
                db_index=False,
                on_delete=models.DB_CASCADE,
                related_name="entries",
                to="discuss.group",
            ),
        ),
        AlterForeignKey(
            model_name="entry",
            name="subject",
            field=models.ForeignKey(
                null=True,
                on_delete=models.DB_SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        AlterForeignKey(
            model_name="membership",
            name="group",
            field=models.ForeignKey(
                on_delete=models.DB_CASCADE, related_name="memberships", to="discuss.group"
            ),
        ),
        AlterForeignKey(
            model_name="membership",
            name="user",
            field=models.ForeignKey(
                on_delete=models.DB_CASCADE,
                related_name="memberships",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.CreateModel(
            name="Deletion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("beat", models.PositiveBigIntegerField(default=0)),
                (
                    "group",
                    models.OneToOneField(
                        null=True,
                        on_delete=models.DB_CASCADE,
                        related_name="deletion",
                        to="discuss.group",
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        null=True,
                        on_delete=models.DB_CASCADE,
                        related_name="deletion",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("user", None), ("group", None), _connector="XOR"),
                        name="one_thing_is_deleted",
                    )
                ],
            },
        ),
    ]
