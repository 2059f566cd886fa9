"""The index of messages is written after them, and at once where they are edited and removed.

PostgreSQL keeps its index itself (discuss/db/search_index.py). Of all this `index_pending` alone is for it.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import QuerySet

from discuss.db import search_index
from discuss.db.compiled import Compiled
from discuss.models import Entry, IndexProgress, Kind

logger = logging.getLogger(__name__)

# Lines that one step puts into the index.
INDEXED_AT_ONCE = 200
# What the index knows of a message.
INDEXED = ("pk", "group_id", "author_id", "timestamp", "text")


def index_new() -> int:
    """Put the oldest lines that are newer than the index into it, some of them; return how many.

    This is apart from their posting: FTS5 takes 0.2 ms for a transaction, and little more for 200 lines.
    """
    if not search_index.is_written():
        return 0
    if not newer_than.rows(_progress().upto, limit=1):
        return 0
    # Nobody else writes meanwhile: SQLite has one lock, and it is taken here.
    with transaction.atomic():
        progress = _progress()
        new = newer_than.rows(progress.upto, limit=INDEXED_AT_ONCE)
        search_index.add(
            search_index.Row(*said)
            for *said, kind, hidden_at in new
            if kind == Kind.MESSAGE and hidden_at is None
        )
        if new:
            progress.upto = new[-1][0]
            progress.save()
        return len(new)


def unindex_lines(lines: Iterable[Entry]) -> list[Entry]:
    """Take lines out of the index, which are given as they were put into it; return those that were in it."""
    if not search_index.is_written():
        return []
    progress = _progress()
    indexed = [line for line in lines if _reaches(progress, line) and _is_found(line)]
    if indexed:
        try:
            with transaction.atomic():
                search_index.forget(_rows(indexed))
        except DatabaseError as error:
            # An index that is not as it should be keeps nobody from removing a message. Whatever it says of
            # a message that is not there, or is another one by now, is not shown.
            logger.error("The index is damaged: run manage.py index_messages --anew (%s)", error)
    return indexed


@contextmanager
def reindexed(*lines: Entry) -> Iterator[None]:
    """Have the index hold what these lines say, and whether they are there, once they are changed inside."""
    unindex_lines(lines)
    yield
    if search_index.is_written():
        progress = _progress()
        # What was hidden was not in it, and may be there from now on.
        search_index.add(_rows([line for line in lines if _reaches(progress, line)]))


def index_old() -> int:
    """Put the latest messages from before there was an index into it, some of them; return how many lines."""
    if not search_index.is_written() or not _progress().left:
        return 0
    with transaction.atomic():
        progress = _progress()
        lines = list(Entry.objects.filter(pk__lte=progress.left).order_by("-pk")[:INDEXED_AT_ONCE])
        search_index.add(_rows(lines))
        progress.left = lines[-1].pk - 1 if len(lines) == INDEXED_AT_ONCE else 0
        progress.save()
        return len(lines)


def index_pending() -> int:
    """Empty PostgreSQL's pending list of new messages into its index; return how many pages it had.

    A post takes 0.1 to 0.5 ms longer where it does so itself (bench.search).
    """
    return search_index.clean_pending()


def index_anew() -> None:
    """Empty the index, so that every message is put into it again."""
    if not search_index.is_written():
        return
    with transaction.atomic():
        last = Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        IndexProgress.objects.update_or_create(pk=1, defaults={"left": last, "upto": last})
        search_index.clear()


@Compiled
def newer_than(upto: int) -> QuerySet[Entry, Any]:
    """The lines that are newer than the index: what it knows of a message, the kind, and when it was hidden.

    For speed only (bench case small-groups): to make an object of each line takes 15 us.
    """
    return (
        Entry.objects.filter(pk__gt=upto).order_by("pk").values_list(*INDEXED, "kind", "hidden_at")
    )


def _progress() -> IndexProgress:
    return IndexProgress.objects.first() or IndexProgress()


def _reaches(progress: IndexProgress, line: Entry) -> bool:
    """Whether the index has come as far as this line."""
    return progress.left < line.pk <= progress.upto


def _is_found(line: Entry) -> bool:
    return line.is_message and not line.is_hidden


def _rows(lines: Iterable[Entry]) -> Sequence[search_index.Row]:
    return [
        search_index.Row(line.pk, line.group_id, line.author_id, line.timestamp, line.text)
        for line in lines
        if _is_found(line)
    ]
