"""The project's settings with the linter of migrations: `manage.py lintmigrations discuss`, on PostgreSQL.

On SQLite it would find fault with every table that Django makes anew, whatever was altered; and no other
process goes on there.
"""

from project.settings import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "django_migration_linter"]  # noqa: F405

MIGRATION_LINTER_OPTIONS = {
    "no_cache": True,
    "warnings_as_errors": [],
    "ignore_name": [
        # From before it was asked: a collation is altered, and an index made, while tables were small.
        "0006_search_keys",
        "0009_looks",
        # A longer varchar, for which no row is looked at.
        "0013_longer_kinds",
        # An index of a column that is new, and NULL in every row: it is made at once.
        "0018_display_names",
        # Indexes of a table that is new. The linter takes their condition for a part of the table's name.
        "0038_long_acts",
    ],
}
