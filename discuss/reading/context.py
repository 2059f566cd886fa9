"""What stands around a line of the log, for staff: they read it once, as it is then."""

from dataclasses import dataclass

from discuss.models import Entry
from discuss.models.entry import EntryQuerySet
from discuss.reading.log import PAGE_LINES


@dataclass(frozen=True, slots=True)
class Context:
    """Some consecutive lines of the log, the oldest first, and whether there are others on either side."""

    lines: list[Entry]
    has_older: bool
    has_newer: bool


def read_around(entry: Entry) -> Context:
    """Return the line, in the middle of PAGE_LINES as far as there are as many."""
    half = PAGE_LINES // 2
    older = list(_lines(entry.group_id).before(entry.position)[: half + 1])
    newer = list(_from(entry.group_id, entry.position)[: half + 1])
    return Context([*older[:half][::-1], *newer[:half]], len(older) > half, len(newer) > half)


def read_before(entry: Entry, position: int) -> Context:
    """Return the PAGE_LINES lines before this position in the log of the line."""
    older = list(_lines(entry.group_id).before(position)[: PAGE_LINES + 1])
    has_newer = _from(entry.group_id, position).exists()
    return Context(older[:PAGE_LINES][::-1], len(older) > PAGE_LINES, has_newer)


def read_after(entry: Entry, position: int) -> Context:
    """Return the PAGE_LINES lines after this position in the log of the line."""
    newer = list(_from(entry.group_id, position + 1)[: PAGE_LINES + 1])
    has_older = _lines(entry.group_id).before(position + 1).exists()
    return Context(newer[:PAGE_LINES], has_older, len(newer) > PAGE_LINES)


def _lines(group_id: int) -> EntryQuerySet:
    lines: EntryQuerySet = Entry.objects.filter(group=group_id).for_display()
    return lines


def _from(group_id: int, position: int) -> EntryQuerySet:
    return _lines(group_id).filter(position__gte=position).order_by("position")
