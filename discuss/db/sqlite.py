"""SQLite's statements, in its own style of parameters: for speed only."""

from functools import lru_cache
from typing import Any

from django.db.backends.sqlite3.base import FORMAT_QMARK_REGEX, SQLiteCursorWrapper

# Statements that are kept, and how many characters the longest of them has.
KEPT = 500
LONGEST = 10_000


def ours(factory: Any) -> Any:
    """Return what makes cursors: our kind in the place of Django's."""
    return Cursor if factory is SQLiteCursorWrapper else factory


class Cursor(SQLiteCursorWrapper):
    """Django's, which writes each statement anew in SQLite's style whenever it is executed.

    For the one that reads a group's new lines that takes 40 us, as long as SQLite itself (bench cases
    small-groups and stored).
    """

    def convert_query(self, query: str, *, param_names: Any = None) -> str:
        if param_names is not None or len(query) > LONGEST:
            return str(super().convert_query(query, param_names=param_names))
        return _converted(query)


@lru_cache(KEPT)
def _converted(query: str) -> str:
    return FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")
