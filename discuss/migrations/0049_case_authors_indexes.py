from django.db import migrations, models

from discuss.db.altering import AddIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("discuss", "0048_case_authors")]

    operations = [
        AddIndex(
            model_name="case",
            index=models.Index(
                fields=["id"],
                name="cases_of_unknown_authors",
                condition=models.Q(knows_authors=False, snapshot__isnull=False),
            ),
        ),
    ]
