from django.db import migrations, models

from discuss.db.altering import AddIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("discuss", "0043_held_sign_ups")]

    operations = [
        AddIndex(
            model_name="report",
            index=models.Index(fields=["at"], name="reports_by_time"),
        ),
        AddIndex(
            model_name="case",
            index=models.Index(fields=["opened_at"], name="cases_by_time"),
        ),
        AddIndex(
            model_name="user",
            index=models.Index(fields=["date_joined"], name="people_by_time"),
        ),
    ]
