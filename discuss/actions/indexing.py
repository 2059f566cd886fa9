"""The index of messages is written where they are: with each new one, each edit and each removal.

PostgreSQL keeps its index itself (discuss/db/search_index.py), and there all of this does nothing.
"""

import logging
from collections.abc import Iterable, Sequence

from django.db import DatabaseError, transaction

from discuss.db import search_index
from discuss.models import Entry, IndexProgress

logger = logging.getLogger(__name__)

# Old messages that one step puts into the index.
INDEXED_AT_ONCE = 200
# Lines before the last one among which a process looks at its start for those that are not in the index.
MISSED_BEFORE = 5_000


def index_lines(lines: Iterable[Entry]) -> None:
    """Put the messages among new lines into the index."""
    if search_index.is_written():
        rows = _rows(lines)
        if rows:
            search_index.add(rows)


def unindex_lines(lines: Iterable[Entry]) -> list[Entry]:
    """Take messages, which are given as they stand in the index, out of it. Returns those that were in it."""
    if not search_index.is_written():
        return []
    left = _left()
    indexed = [line for line in lines if line.pk > left and _is_found(line)]
    if indexed:
        try:
            with transaction.atomic():
                search_index.forget(_rows(indexed))
        except DatabaseError as error:
            # An index that is not as it should be keeps nobody from removing a message. Whatever it says of
            # a message that is not there, or is another one by now, is not shown.
            logger.error(
                "The index does not fit the messages: run manage.py index_messages --anew (%s)",
                error,
            )
    return indexed


def index_some() -> int:
    """Put the latest messages that are not in the index yet into it, some of them; return how many lines."""
    if not search_index.is_written():
        return 0
    # Nobody else writes meanwhile: SQLite has one lock, and it is taken here.
    with transaction.atomic():
        progress = IndexProgress.objects.first()
        if progress is None:
            return 0
        lines = list(Entry.objects.filter(pk__lte=progress.left).order_by("-pk")[:INDEXED_AT_ONCE])
        index_lines(lines)
        if len(lines) < INDEXED_AT_ONCE:
            progress.delete()
        else:
            IndexProgress.objects.update(left=lines[-1].pk - 1)
        return len(lines)


def index_missed(after: int | None) -> int | None:
    """Put messages of keys above `after` into the index that somebody has left out, and return the last key.

    A process of the version before does so, during an update. Where `after` is None it begins MISSED_BEFORE
    the end. To be called until it returns what it was given. Returns None where nobody has to do it.
    """
    if not search_index.is_written():
        return None
    with transaction.atomic():
        if after is None:
            last = Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
            after = last - MISSED_BEFORE
        after = max(after, _left())
        lines = list(Entry.objects.filter(pk__gt=after).order_by("pk")[:INDEXED_AT_ONCE])
        rows = _rows(lines)
        known = search_index.known(rows)
        search_index.add(row for row in rows if row.pk not in known)
    return lines[-1].pk if lines else after


def index_anew() -> None:
    """Empty the index, so that every message is put into it again."""
    if not search_index.is_written():
        return
    with transaction.atomic():
        last = Entry.objects.order_by("-pk").values_list("pk", flat=True).first()
        IndexProgress.objects.update_or_create(pk=1, defaults={"left": last or 0})
        search_index.clear()


def _left() -> int:
    """Return the key up to which messages are not in the index yet."""
    return IndexProgress.objects.values_list("left", flat=True).first() or 0


def _is_found(line: Entry) -> bool:
    return line.is_message and not line.is_hidden


def _rows(lines: Iterable[Entry]) -> Sequence[search_index.Row]:
    return [
        search_index.Row(line.pk, line.group_id, line.author_id, line.timestamp, line.text)
        for line in lines
        if _is_found(line)
    ]
