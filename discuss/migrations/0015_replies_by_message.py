from django.db import migrations, models

from discuss.db.altering import AddIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("discuss", "0014_columns")]

    operations = [
        AddIndex(
            model_name="entry",
            index=models.Index(
                condition=models.Q(("reply_to__isnull", False)),
                fields=["reply_to"],
                name="replies_by_message",
            ),
        ),
    ]
