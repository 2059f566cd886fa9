"""One line of the log, those around it, and what a member may do with it."""

from discuss.models import Entry, Membership
from discuss.models.entry import EntryQuerySet
from discuss.reading.log import PAGE_LINES, Page
from discuss.reading.members import read_relation
from discuss.rules import roles

# What is done to lines, of the verbs in the table of roles.
LINES_VERBS = ("edit", "hide", "history", "react", "pin", "save")


def read_line(group_id: int, position: int) -> Entry | None:
    """Return the line at this position of the group's log."""
    line: Entry | None = _lines(group_id).filter(position=position).first()
    return line


def read_allowed(membership: Membership, entry: Entry) -> frozenset[str]:
    """Return which of the LINES_VERBS the member may do to the line.

    To what is hidden, and to an event, nothing is done.
    """
    if entry.is_hidden or not entry.is_message:
        return frozenset()
    group_id, user_id, role = membership.group_id, membership.user_id, membership.role
    relation = read_relation(group_id, user_id, role, entry.author_id)
    return frozenset(verb for verb in LINES_VERBS if roles.may(verb, role, relation))


def read_around(group_id: int, position: int) -> Page:
    """Return the line at this position, in the middle of PAGE_LINES as far as there are as many."""
    half = PAGE_LINES // 2
    older = list(_lines(group_id).before(position)[: half + 1])
    newer = list(_from(group_id, position)[: half + 1])
    return Page([*older[:half][::-1], *newer[:half]], len(older) > half, len(newer) > half)


def read_before(group_id: int, position: int) -> Page:
    """Return the PAGE_LINES lines before this position."""
    older = list(_lines(group_id).before(position)[: PAGE_LINES + 1])
    has_newer = _from(group_id, position).exists()
    return Page(older[:PAGE_LINES][::-1], len(older) > PAGE_LINES, has_newer)


def read_after(group_id: int, position: int) -> Page:
    """Return the PAGE_LINES lines after this position."""
    newer = list(_from(group_id, position + 1)[: PAGE_LINES + 1])
    has_older = _lines(group_id).before(position + 1).exists()
    return Page(newer[:PAGE_LINES], has_older, len(newer) > PAGE_LINES)


def _lines(group_id: int) -> EntryQuerySet:
    lines: EntryQuerySet = Entry.objects.filter(group=group_id).for_display()
    return lines


def _from(group_id: int, position: int) -> EntryQuerySet:
    return _lines(group_id).filter(position__gte=position).order_by("position")
