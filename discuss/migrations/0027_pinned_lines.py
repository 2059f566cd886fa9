from django.db import migrations, models

from discuss.db.altering import AddIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("discuss", "0026_pins")]

    operations = [
        AddIndex(
            model_name="entry",
            index=models.Index(
                condition=models.Q(("pin__gt", 0)),
                fields=["group", "pin"],
                name="pinned_lines",
            ),
        ),
    ]
