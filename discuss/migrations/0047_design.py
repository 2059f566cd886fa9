from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("discuss", "0047_blocks_in_record"),
    ]

    operations = [
        # A right of staff; nothing in the database is altered.
        migrations.AlterModelOptions(
            name="site",
            options={
                "default_permissions": ("change",),
                "permissions": [("view_design", "Can view the gallery of templates")],
                "verbose_name": "name of the site",
                "verbose_name_plural": "name of the site",
            },
        ),
    ]
