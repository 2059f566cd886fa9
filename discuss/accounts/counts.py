"""What limits count (wrong log-ins, by name and by address), in the table of CACHES, which is no model."""

from datetime import datetime
from typing import Any

from django.core.cache.backends.db import DatabaseCache
from django.db import connection
from django.utils import timezone

# Counts that are dropped where there is no room for another.
DROPPED = 1_000

_DELETE_FIRST = """
    DELETE FROM discuss_limits WHERE cache_key IN
    (SELECT cache_key FROM discuss_limits ORDER BY expires LIMIT %s)
"""
_DELETE_EXPIRED = """
    DELETE FROM discuss_limits WHERE cache_key IN
    (SELECT cache_key FROM discuss_limits WHERE expires < %s LIMIT %s)
"""


class CountsCache(DatabaseCache):
    """Django's cache in the database, which drops what ends first where it has no room.

    Django's own drops a third by key: whoever fills it with other names could try one on and on.
    """

    def _cull(self, db: str, cursor: Any, now: datetime, num: int) -> None:
        cursor.execute(_DELETE_FIRST, [DROPPED])


def clear_expired(most: int) -> int:
    """Delete up to so many counts that have expired, and return how many."""
    now = timezone.now().replace(microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(_DELETE_EXPIRED, [connection.ops.adapt_datetimefield_value(now), most])
        return int(cursor.rowcount)
