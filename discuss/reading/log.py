"""Reading the log, for pages and feeds alike. Everything here runs in a worker thread."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet

from discuss.db.compiled import Compiled
from discuss.models import (
    ENDING_KINDS,
    MEMBERSHIP_KINDS,
    STANDING_KINDS,
    Entry,
    Group,
    Kind,
    Membership,
)
from discuss.models.entries import EntryQuerySet
from discuss.models.group_query import GroupQuerySet
from discuss.reading.members import read_members_of

# Lines on a first page, and in each piece of history.
PAGE_LINES = 50
# Beyond the last position of any log (BIGINT).
LAST_POSITION = 2**63 - 1
# A page that lacks more changed lines than this gets its log replaced.
CATCH_UP_LINES = 200
# Changes of each group, and lines of all of them, that are read of several groups at once.
CHANGES_SHARED = 50
LINES_SHARED = 500


@dataclass(frozen=True, slots=True)
class Page:
    """Some consecutive lines of the log, the oldest first."""

    lines: list[Entry]
    has_older: bool
    has_newer: bool = False

    @property
    def oldest(self) -> int:
        return self.lines[0].position if self.lines else 0

    @property
    def newest(self) -> int:
        return self.lines[-1].position if self.lines else 0


@dataclass(frozen=True, slots=True)
class News:
    """What happened in a group after `floor` and up to `head`.

    `changed` are the lines with a change in between, in order of change; None where they are too many
    to hold. One of them may have changed once more since. `admitted` are those of the candidates who are
    members.
    """

    group_id: int
    epoch: str
    floor: int
    head: int
    changed: list[Entry] | None
    admitted: frozenset[int]

    def ended_after(self, cursor: int) -> dict[int, Entry]:
        """Return the latest event of each person whose membership ended since `cursor`.

        That is the ending itself, or the joining of somebody who has come back since. An older removal that
        only changed (its author's account was deleted) ends nothing. An older line of somebody who joins and
        leaves changes when they do, and else only when their account is deleted: then it has no subject.
        """
        events = [
            event
            for event in self.changed or ()
            if event.change > cursor
            and event.kind in MEMBERSHIP_KINDS
            and (event.position > cursor or event.is_passing)
        ]
        events.sort(key=lambda event: event.position)
        ended = {
            event.subject_id
            for event in events
            if event.kind in ENDING_KINDS or event.has_left or event.position <= cursor
        }
        return {e.subject_id: e for e in events if e.subject_id and e.subject_id in ended}


def touches_members(lines: Collection[Entry]) -> bool:
    return any(entry.kind in MEMBERSHIP_KINDS | STANDING_KINDS for entry in lines)


def touches_group(lines: Collection[Entry]) -> bool:
    return any(entry.kind in {Kind.RENAMED, Kind.DESCRIBED} for entry in lines)


def touches_rules(lines: Collection[Entry]) -> bool:
    return any(entry.kind == Kind.SET for entry in lines)


def touches_skin(lines: Collection[Entry]) -> bool:
    return any(e.kind == Kind.SET and (e.details or {}).get("setting") == "skin" for e in lines)


def touches_pins(lines: Collection[Entry]) -> bool:
    """Whether the list of what is pinned may show these lines, or has shown them."""
    return any(entry.pin is not None for entry in lines)


def read_heads(group_ids: Collection[int]) -> dict[int, int]:
    """Return where each of these logs is; a group that is gone is left out."""
    return dict(Group.objects.filter(pk__in=group_ids).values_list("pk", "head"))


def read_standing(
    group_ids: Collection[int], user_ids: Collection[int]
) -> frozenset[tuple[int, int]]:
    """Return which of these people are members of which of these groups, and may act: (group, user)."""
    standing = Membership.objects.standing().filter(group__in=group_ids, user__in=user_ids)
    return frozenset(standing.values_list("group_id", "user_id"))


@Compiled
def lines_after(group_id: int, floor: int) -> EntryQuerySet:
    """What a page at `floor` lacks, dressed, in order of change."""
    # A group that is being deleted is gone.
    entries = Entry.objects.filter(group=group_id, group__is_deleted=False)
    return entries.for_display().after(floor)


@Compiled
def changes_between(
    group_ids: list[int], floors: list[int], ceilings: list[int]
) -> QuerySet[Entry, Any]:
    """Which lines of several groups changed, of each after its floor: key, group, its head and epoch.

    None is looked for beyond the ceilings: without them PostgreSQL expects as many of each small group as a
    large one has.
    """
    changed = (
        Q(group=group_id, change__gt=floor, change__lte=ceiling)
        for group_id, floor, ceiling in zip(group_ids, floors, ceilings, strict=True)
    )
    entries = Entry.objects.filter(reduce(or_, changed), group__is_deleted=False)
    return entries.order_by("change").values_list("pk", "group_id", "group__head", "group__epoch")


@Compiled
def lines_by_key(pks: list[int]) -> EntryQuerySet:
    """These lines, dressed, in order of change."""
    return Entry.objects.filter(pk__in=pks).for_display().order_by("change", "position")


@Compiled
def groups_of(pk: int) -> GroupQuerySet:
    return Group.objects.filter(pk=pk)


def read_group(group_id: int) -> Group | None:
    """Return the group as it is now; None where it is gone."""
    return groups_of.first(group_id)


def read_open_group(group_id: int) -> Group | None:
    """Return the group as it is now, for people who are no members; None where not anybody finds it."""
    return Group.objects.findable_by(None).filter(pk=group_id).first()


def read_news(group_id: int, floor: int, *, candidates: Collection[int] = ()) -> News | None:
    """Read what happened after `floor`, and which of the `candidates` (people) may hear it.

    Returns None where the group is gone. The changed lines come first: they decide where the flush ends,
    and what is read after them can only be newer.
    """
    limit = 2 * CATCH_UP_LINES
    # One statement reads rows, head and epoch: a head read apart could be ahead of the rows, and lose a line.
    changed: list[Entry] | None = lines_after.rows(group_id, floor, limit=limit + 1)
    if changed:
        head, epoch = changed[0].head, changed[0].epoch
        if len(changed) > limit:
            changed = None
    else:
        group = read_group(group_id)
        if group is None:
            return None
        # Nothing after `floor`: that is the head, or `floor` is from another database. (A change that
        # came in between the two statements rings its own bell.)
        head, epoch = min(floor, group.head), group.epoch
    admitted = read_members_of(group_id, candidates) if candidates else frozenset()
    return News(group_id, epoch, floor, head, changed, admitted)


def read_news_of(floors: Mapping[int, int]) -> dict[int, News]:
    """Read what happened in several groups, of each after its floor, by group.

    It leaves out a group in which nothing did, or more than CHANGES_SHARED, and all of them where there is
    too much to be read at once.

    For speed only (bench case small-groups): two statements for all, where read_news takes one for each. A
    thread that asks the database lets another one compute, and comes back late.
    """
    ceilings = [floor + CHANGES_SHARED for floor in floors.values()]
    rows = changes_between.rows([*floors], [*floors.values()], ceilings, limit=LINES_SHARED)
    if len(rows) == LINES_SHARED:
        return {}
    news = {
        group_id: News(group_id, epoch, floors[group_id], head, [], frozenset())
        for _, group_id, head, epoch in rows
        if head <= floors[group_id] + CHANGES_SHARED
    }
    # The head is of before: a line that changes meanwhile is read as it is by then, and once more.
    for line in lines_by_key.rows([pk for pk, group_id, *_ in rows if group_id in news]):
        if line.epoch != news[line.group_id].epoch:
            return {}  # the database was exchanged
        news[line.group_id].changed.append(line)  # type: ignore[union-attr]
    return news


@Compiled
def lines_before(group_id: int, position: int) -> EntryQuerySet:
    """The lines of a group before `position`, dressed, the latest first."""
    return Entry.objects.filter(group=group_id).for_display().before(position)


def read_page(group_id: int, before: int | None = None) -> Page:
    """Return the latest PAGE_LINES lines (of those older than position `before`), of one snapshot."""
    end = LAST_POSITION if before is None else before
    rows = lines_before.rows(group_id, end, limit=PAGE_LINES + 1)
    return Page(rows[:PAGE_LINES][::-1], has_older=len(rows) > PAGE_LINES)
