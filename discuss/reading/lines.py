"""One line of the log, those around it, and what a member may do with it."""

from bisect import bisect_right

from django.utils import timezone

from discuss.models import Entry, Membership
from discuss.models.entries import EntryQuerySet
from discuss.reading.log import CATCH_UP_LINES, LAST_POSITION, PAGE_LINES, Page
from discuss.reading.members import read_relation
from discuss.reading.positions import MANY
from discuss.reading.sanctions import is_silenced
from discuss.rules import roles
from discuss.rules.posting import Poster, bound, may_react

# What is done to lines, of the verbs in the table of roles.
LINES_VERBS = ("edit", "hide", "history", "react", "pin", "save", "report")
# What nobody does who has to wait, or to read a warning. What one wrote oneself one removes all the same.
CHANGING = frozenset({"edit", "react", "pin", "reply"})
# What a line is only the occasion for.
GROUPS_VERBS = {"reply": "post", "mark_unread": "mark_unread"}


def read_line(group_id: int, position: int) -> Entry | None:
    """Return the line at this position of the group's log."""
    line: Entry | None = _lines(group_id).filter(position=position).first()
    return line


def read_allowed(membership: Membership, entry: Entry) -> frozenset[str]:
    """Return which of the LINES_VERBS the member may do to the line; "reply" is to post.

    To an event nothing is done, nor to what is hidden, but that moderators see what it said before. Nothing
    is offered that the group's settings refuse, or a time-out, or a warning to be read.
    """
    group_id, user_id, role = membership.group_id, membership.user_id, membership.role
    relation = roles.OWN if entry.author_id == user_id else roles.HIGHER
    if entry.is_hidden or not entry.is_message:
        return frozenset({"history"} if sees_versions(entry, role, relation) else ())
    relation = read_relation(group_id, user_id, role, entry.author_id)
    opened = membership.group.opened
    allowed = {verb for verb in LINES_VERBS if roles.may(verb, role, relation, opened=opened)}
    allowed |= {name for name, verb in GROUPS_VERBS.items() if roles.may(verb, role)}
    here, rules = Poster(group_id, role), membership.group.rules
    if bound(here, rules, timezone.now()):
        allowed -= {"reply", "edit"}
    if may_react(here, rules):
        allowed.discard("react")
    if is_silenced(membership):
        allowed -= CHANGING
        if relation != roles.OWN:
            allowed.discard("hide")
    return frozenset(allowed)


def sees_versions(entry: Entry, role: str, relation: str) -> bool:
    """Whether somebody of this role sees what the line said before, whose author stands to them so.

    What is hidden those alone see whom it is shown to anyway.
    """
    if entry.is_hidden:
        return entry.hidden_by is not None and roles.may("moderate", role)
    return entry.is_message and roles.may("history", role, relation)


def count_replies(entry: Entry) -> int:
    """Return how many messages answer the line."""
    return Entry.objects.filter(reply_to=entry.pk).count()


def read_replies(entry: Entry, *, after: int = 0) -> Page:
    """Return the first PAGE_LINES messages that answer the line, of those after this position."""
    # Not by their group, which they share: SQLite would look through its log for them.
    replies = Entry.objects.filter(reply_to=entry.pk, position__gt=after).for_display()
    found = list(replies.order_by("position")[: PAGE_LINES + 1])
    return Page(found[:PAGE_LINES], after > 0, len(found) > PAGE_LINES)


def read_around(group_id: int, position: int) -> Page:
    """Return the line at this position, in the middle of PAGE_LINES as far as there are as many."""
    half = PAGE_LINES // 2
    older = list(_lines(group_id).before(position)[: half + 1])
    # Of one moment: what came after the older lines were read is not shown yet.
    upto = older[0].head if older else LAST_POSITION
    newer = list(_from(group_id, position, upto)[: half + 1])
    return Page([*older[:half][::-1], *newer[:half]], len(older) > half, len(newer) > half)


def read_before(group_id: int, position: int) -> Page:
    """Return the PAGE_LINES lines before this position."""
    older = list(_lines(group_id).before(position)[: PAGE_LINES + 1])
    has_newer = _from(group_id, position).exists()
    return Page(older[:PAGE_LINES][::-1], len(older) > PAGE_LINES, has_newer)


def read_after(group_id: int, position: int, upto: int = LAST_POSITION) -> Page:
    """Return the PAGE_LINES lines after this position, of those up to another."""
    newer = list(_from(group_id, position + 1, upto)[: PAGE_LINES + 1])
    has_older = _lines(group_id).before(position + 1).exists()
    return Page(newer[:PAGE_LINES], has_older, len(newer) > PAGE_LINES)


def read_window(group_id: int, oldest: int, newest: int | None, upto: int) -> Page:
    """Return the lines between these positions, CATCH_UP_LINES of them at most; the log goes `upto` there."""
    end = upto if newest is None else min(newest, upto)
    found = list(_from(group_id, oldest, end)[:CATCH_UP_LINES])
    last = found[-1].position if found else end
    has_newer = _from(group_id, last + 1, upto).exists()
    return Page(found, _lines(group_id).before(oldest).exists(), has_newer)


def read_latest(group_id: int) -> list[int]:
    """Return the positions of the latest MANY messages that nobody has hidden, the oldest first."""
    visible = Entry.objects.visible_messages().filter(group=group_id)
    latest = visible.order_by("-position").values_list("position", flat=True)
    return list(latest[:MANY])[::-1]


def count_after(latest: list[int], position: int | None) -> int | None:
    """Return how many of the latest messages stand after this position: MANY where there may be more.

    None stands for the end of the log, and so does what this returns then.
    """
    return None if position is None else len(latest) - bisect_right(latest, position)


def _lines(group_id: int) -> EntryQuerySet:
    lines: EntryQuerySet = Entry.objects.filter(group=group_id).for_display()
    return lines


def _from(group_id: int, position: int, upto: int = LAST_POSITION) -> EntryQuerySet:
    # Not by `range`: to that a number is sent that is none of the database's.
    lines = _lines(group_id).filter(position__gte=position, position__lte=upto)
    return lines.order_by("position")
