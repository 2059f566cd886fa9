import discuss.models.fields
import django.utils.timezone
from django.db import migrations, models
from django.db.models.functions import Now

from discuss.db.altering import lock_tables


class Migration(migrations.Migration):
    dependencies = [("discuss", "0013_longer_kinds")]

    operations = [
        lock_tables("Deletion", "Presence", "Process", "Group", "Membership", "Entry"),
        migrations.AddField(
            model_name="entry",
            name="details",
            field=models.JSONField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="entry",
            name="html",
            field=models.TextField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="entry",
            name="renderer",
            field=models.SmallIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="entry",
            name="reply_to",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=models.DB_SET_NULL,
                related_name="replies",
                to="discuss.entry",
            ),
        ),
        migrations.AddField(
            model_name="group",
            name="kind",
            field=models.CharField(
                choices=[("open", "Open"), ("invited", "Invited"), ("direct", "Direct")],
                db_default="open",
                default="open",
                editable=False,
                max_length=16,
            ),
        ),
        migrations.AddField(
            model_name="group",
            name="posting",
            field=models.CharField(
                choices=[("everybody", "Everybody"), ("moderators", "Moderators")],
                db_default="everybody",
                default="everybody",
                editable=False,
                max_length=16,
            ),
        ),
        migrations.AddField(
            model_name="group",
            name="slow_mode",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name="membership",
            name="muted_until",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AlterField(
            model_name="deletion",
            name="beat",
            field=models.PositiveBigIntegerField(db_default=0, default=0),
        ),
        migrations.AlterField(
            model_name="entry",
            name="text",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.AlterField(
            model_name="entry",
            name="timestamp",
            field=models.DateTimeField(db_default=Now(), default=django.utils.timezone.now),
        ),
        migrations.AlterField(
            model_name="group",
            name="created_at",
            field=models.DateTimeField(auto_now_add=True, db_default=Now()),
        ),
        migrations.AlterField(
            model_name="group",
            name="description",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AlterField(
            model_name="group",
            name="head",
            field=models.PositiveBigIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AlterField(
            model_name="group",
            name="name_key",
            field=discuss.models.fields.NameKeyField(
                db_collation="C",
                editable=False,
                error_messages={"unique": "There is a group of this name already."},
                max_length=500,
                null=True,
                of="name",
                unique=True,
            ),
        ),
        migrations.AlterField(
            model_name="membership",
            name="joined_at",
            field=models.DateTimeField(auto_now_add=True, db_default=Now()),
        ),
        migrations.AlterField(
            model_name="membership",
            name="read_upto",
            field=models.PositiveBigIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AlterField(
            model_name="membership",
            name="role",
            field=models.CharField(
                choices=[("member", "Member"), ("moderator", "Moderator"), ("owner", "Owner")],
                db_default="member",
                default="member",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="presence",
            name="people",
            field=models.JSONField(db_default=[], default=list),
        ),
        migrations.AlterField(
            model_name="process",
            name="beat",
            field=models.PositiveBigIntegerField(db_default=0, default=0),
        ),
        migrations.AddConstraint(
            model_name="group",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("name_key__isnull", False), ("kind", "direct"), _connector="OR"
                ),
                name="named_unless_direct",
            ),
        ),
    ]
