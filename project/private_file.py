"""SQLite's file, for its owner alone: it holds passwords' hashes, sessions, and what people wrote.

Statements go through cursors of ours (discuss.db.sqlite).
"""

import os
import sqlite3
import stat
from contextlib import suppress
from pathlib import Path
from typing import Any


class Connection(sqlite3.Connection):
    """Makes the file where there is none; the files that SQLite puts beside it get its mode."""

    def __init__(self, database: str | Path, *args: Any, **options: Any) -> None:
        if not str(database).startswith((":memory:", "file:")):
            # Never opened, not even for a moment: closing it would drop the locks that other connections
            # of this process hold (https://www.sqlite.org/howtocorrupt.html, section 2.2). What else is
            # wrong with the path SQLite says better.
            with suppress(OSError):
                os.mknod(database, stat.S_IFREG | 0o600)
        super().__init__(database, *args, **options)

    def cursor(self, factory: Any = sqlite3.Cursor) -> Any:
        # Imported here, because this file is part of the settings.
        from discuss.db.sqlite import ours

        return super().cursor(ours(factory))
