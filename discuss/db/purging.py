"""What was erased leaves the files of an SQLite, too.

SQLite overwrites with zeros what is deleted (`PRAGMA secure_delete`, project/services.py). Two places are
left. The index of messages marks a word as gone and keeps it until its parts are merged. And the write-ahead
log keeps pages as they were, until they are written over.

PostgreSQL clears its own files by and by (docs/data.md).
"""

import sqlite3
import time
from contextlib import closing

from django.db import connection

from discuss.db.search_tables import TABLE

# Pages of the index that are merged in one transaction: some milliseconds.
PAGES_AT_ONCE = 100
# What others get between two of them, and between two tries at the write-ahead log.
PAUSE, TRY_AGAIN = 0.02, 0.5
TRIES = 60
# Seconds for which others may have to wait for one try.
HELD_UP = 0.05


class StillRead(Exception):
    """Somebody reads what the write-ahead log holds, all the time."""


def purge_files() -> None:
    """Clear the files of an SQLite of what was deleted. Outside of any transaction. Raises StillRead."""
    if connection.vendor == "sqlite":
        _merge_index()
        _empty_write_ahead_log()


def _merge_index() -> None:
    """Merge all parts of the index into one, as `optimize` does, but in short steps.

    https://sqlite.org/fts5.html, section 6.8: a negative number begins it, and it is done once a step changes
    less than two rows.
    """
    pages, changed = -PAGES_AT_ONCE, 2
    while changed >= 2:
        with connection.cursor() as cursor:
            before = cursor.connection.total_changes
            sql = f"INSERT INTO {TABLE} ({TABLE}, rank) VALUES ('merge', %s)"  # noqa: S608
            cursor.execute(sql, [pages])
            changed, pages = cursor.connection.total_changes - before, PAGES_AT_ONCE
        time.sleep(PAUSE)


def _empty_write_ahead_log() -> None:
    """Write the log into the database and cut it to nothing, once nobody reads what is in it."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA database_list")
        ((_, _, path), *_) = cursor.fetchall()
    if not path:
        return
    for _ in range(TRIES):
        # One of its own, so that those who write do not wait for whoever reads.
        with closing(sqlite3.connect(path, timeout=HELD_UP)) as own:
            (is_busy, *_) = own.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if not is_busy:
            return
        time.sleep(TRY_AGAIN)
    raise StillRead
