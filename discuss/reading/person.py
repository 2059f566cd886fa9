"""What is a person's own: their groups, and how many messages of each they have not read.

A page's first load and its live badges count by the same function.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, reduce
from itertools import batched
from operator import or_
from typing import NamedTuple
from uuid import UUID

from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from discuss.db.compiled import Compiled
from discuss.models import Entry, Group, Kind, Membership
from discuss.models.entry import EntryQuerySet
from discuss.reading.last_lines import LastLine, read_last_lines

# Unread messages of a group that are counted; so many or more are said to be MANY.
COUNTED = 99
MANY = COUNTED + 1
# Groups whose lines one statement reads: SQLite takes no condition of more than 1,000 parts.
GROUPS_AT_ONCE = 200
POSITION = ("group_id", "position", "author_id", "change")
VISIBLE = Entry.objects.visible_messages()


class OwnGroup(NamedTuple):
    """A person's place in a group, and how far the group's log is."""

    membership_id: int
    group_id: int
    read_upto: int
    head: int

    @property
    def is_behind(self) -> bool:
        """Whether anything happened since."""
        return 0 < self.read_upto < self.head

    @property
    def unread_since(self) -> int | None:
        """Where what is unread begins; None where that may be further back than is counted."""
        return self.read_upto + 1 if self.head - self.read_upto <= MANY else None


class GroupName(NamedTuple):
    """What a person's page shows of a group; they sort as the list of one's own groups does."""

    key: str
    pk: int
    uuid: UUID
    name: str
    description: str


@dataclass(slots=True)
class Positions:
    """Where the latest visible messages of a group stand, the oldest first, each with its author."""

    numbers: list[int] = field(default_factory=list)
    authors: list[int | None] = field(default_factory=list)
    # The latest change that they are of.
    change: int = 0

    def add(self, number: int, author_id: int | None, change: int) -> None:
        """Add a message behind all that are there."""
        self.numbers.append(number)
        self.authors.append(author_id)
        self.change = max(self.change, change)

    def count_unread(self, read_upto: int, user_id: int) -> int:
        """Return how many messages of others stand after `read_upto`, or MANY.

        Of somebody who has never read here, by a process of the version before, nothing is unread.
        """
        if not read_upto:
            return 0
        start = bisect_right(self.numbers, read_upto)
        if start == 0 and len(self.numbers) == MANY:
            return MANY
        return sum(author != user_id for author in self.authors[start:])


class Row(NamedTuple):
    """One of a person's groups, with what is unread in it in words.

    In the lobby its last line stands below the name, and the description where there is none.
    """

    uuid: UUID
    name: str
    unread: str
    description: str = ""
    last: LastLine | None = None


@dataclass(frozen=True)
class OwnGroups:
    """A person's groups as the list of them shows them."""

    rows: tuple[Row, ...]
    # Of all of them together, in words.
    unread: str
    # In the lobby, the day on which it is read: lines of that day are shown with their time.
    day: str = ""

    @cached_property
    def fingerprint(self) -> str:
        """Return what differs when anything that the list shows differs."""
        shown = repr((self.rows, self.day))
        return hashlib.sha256(shown.encode()).hexdigest()[:16]


def in_words(count: int) -> str:
    """Return how many messages are unread as a badge says it; nothing for none."""
    if not count:
        return ""
    return str(count) if count <= COUNTED else f"{COUNTED}+"


def own_groups(
    names: Iterable[GroupName],
    counts: Mapping[int, int],
    last_lines: Mapping[int, LastLine | None],
    day: str,
) -> OwnGroups:
    """Return the list of these groups, with the unread messages and the last line of each, by its key.

    `day` is the lobby's; on a group's page there is none, and no last lines.
    """
    rows = []
    for each in sorted(names):
        below = (each.description, last_lines.get(each.pk)) if day else ()
        rows.append(Row(each.uuid, each.name, in_words(counts.get(each.pk, 0)), *below))
    return OwnGroups(tuple(rows), in_words(sum(counts.values())), day)


def read_own(
    user_ids: Collection[int],
) -> tuple[dict[int, list[OwnGroup]], dict[int, GroupName]]:
    """Read the places of these people, by person, and the names of their groups, by group."""
    own: dict[int, list[OwnGroup]] = {user_id: [] for user_id in user_ids}
    names = {}
    places = Membership.objects.filter(user__in=own, group__is_deleted=False)
    for user_id, membership_id, pk, read_upto, head, key, *shown in places.values_list(
        *("user_id", "pk", "group_id", "read_upto", "group__head"),
        *("group__name_key", "group__uuid", "group__name", "group__description"),
    ):
        own[user_id].append(OwnGroup(membership_id, pk, read_upto, head))
        names[pk] = GroupName(key or "", pk, *shown)
    return own, names


def read_names(group_ids: Collection[int]) -> dict[int, GroupName]:
    """Read what these groups are called."""
    found = Group.objects.filter(pk__in=group_ids)
    fields = "pk", "name_key", "uuid", "name", "description"
    return {pk: GroupName(key or "", pk, *shown) for pk, key, *shown in found.values_list(*fields)}


def read_positions(since: Mapping[int, int | None]) -> dict[int, Positions]:
    """Read where the latest messages of some groups stand, MANY of each at most.

    `since` has for each group the position to begin at; None for the first of the latest MANY, which takes
    another statement.
    """
    positions: dict[int, Positions] = {group_id: Positions() for group_id in since}
    firsts = {pk: first for pk, first in since.items() if first is not None}
    unknown = since.keys() - firsts.keys()
    if unknown:
        latest = VISIBLE.filter(group=OuterRef("pk")).order_by("-position").values("position")
        first = Coalesce(Subquery(latest[COUNTED:MANY]), 0)
        groups = Group.objects.filter(pk__in=unknown).annotate(first=first)
        firsts |= dict(groups.values_list("pk", "first"))
    for some in batched(firsts.items(), GROUPS_AT_ONCE):
        begins = [Q(group=pk, position__gte=first) for pk, first in some]
        lines = VISIBLE.filter(reduce(or_, begins)).order_by("group_id", "position")
        for pk, number, author_id, change in lines.values_list(*POSITION):
            positions[pk].add(number, author_id, change)
    for each in positions.values():
        del each.numbers[:-MANY], each.authors[:-MANY]
    return positions


@Compiled
def messages_after(marks: list[int]) -> EntryQuerySet:
    """The messages of some groups with a change since; `marks` are each group and its latest change."""
    # For speed only (bench case small-groups): with 100 groups, Django takes 20 ms for this statement.
    news = [Q(group=pk, change__gt=change) for pk, change in batched(marks, 2)]
    lines = Entry.objects.filter(reduce(or_, news), kind=Kind.MESSAGE)
    return lines.order_by("group_id", "position").only(*POSITION, "hidden_at")


def read_positions_again(known: Mapping[int, Positions]) -> dict[int, Positions]:
    """Read what has changed since in these groups, in one statement; more where a message was altered.

    What is `known` stays as it is.
    """
    again = {
        pk: Positions(list(each.numbers), list(each.authors), each.change)
        for pk, each in known.items()
    }
    altered = set()
    for some in batched(again.items(), GROUPS_AT_ONCE):
        for line in messages_after.rows([mark for pk, each in some for mark in (pk, each.change)]):
            positions = again[line.group_id]
            latest = positions.numbers[-1] if positions.numbers else 0
            if line.position <= latest or line.hidden_at is not None:
                # It was edited or hidden, or is hidden already.
                altered.add(line.group_id)
            else:
                positions.add(line.position, line.author_id, line.change)
    for each in again.values():
        del each.numbers[:-MANY], each.authors[:-MANY]
    return again | (read_positions(dict.fromkeys(altered)) if altered else {})


def read_first_unread(membership: Membership) -> int | None:
    """Return the key of the first message that the member has not read; None where there is none."""
    upto = membership.read_upto
    if not 0 < upto < membership.group.head:
        return None
    unread = VISIBLE.filter(group=membership.group_id, position__gt=upto)
    others = unread.exclude(author=membership.user_id).order_by("position")
    return others.values_list("pk", flat=True).first()


def read_own_groups(
    user_id: int,
    *,
    reading: Collection[int] = (),
    read_upto: Callable[[int, int], int] = lambda user_id, group_id: 0,
    day: str = "",
) -> OwnGroups:
    """Read the list of a person's groups; what they are `reading` at this moment is read.

    `read_upto` returns how far they have read in a group, where the database may not say it yet. `day` is
    the lobby's.
    """
    own, names = read_own([user_id])
    places = [
        each._replace(read_upto=max(each.read_upto, read_upto(user_id, each.group_id)))
        for each in own[user_id]
    ]
    behind = [each for each in places if each.is_behind and each.group_id not in reading]
    positions = read_positions({each.group_id: each.unread_since for each in behind})
    counts = {
        each.group_id: positions[each.group_id].count_unread(each.read_upto, user_id)
        for each in behind
    }
    last_lines = read_last_lines(names) if day and names else {}
    return own_groups(names.values(), counts, last_lines, day)
