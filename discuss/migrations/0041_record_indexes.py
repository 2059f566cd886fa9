from django.db import migrations, models

from discuss.db.altering import AddIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("discuss", "0040_appeals")]

    operations = [
        AddIndex(
            model_name="act",
            index=models.Index(fields=["actor_id", "id"], name="acts_by_actor"),
        ),
        AddIndex(
            model_name="act",
            index=models.Index(fields=["kind", "id"], name="acts_by_kind"),
        ),
        AddIndex(
            model_name="act",
            index=models.Index(
                condition=models.Q(("rule_id__isnull", False)),
                fields=["rule_id", "id"],
                name="acts_by_rule",
            ),
        ),
        AddIndex(
            model_name="act",
            index=models.Index(fields=["at"], name="acts_by_time"),
        ),
        AddIndex(
            model_name="act",
            index=models.Index(
                condition=models.Q(("case_id__isnull", False)),
                fields=["case_id", "id"],
                name="acts_of_case",
            ),
        ),
    ]
