"""Where the latest messages of groups stand: what is unread is counted by it."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce
from itertools import batched
from operator import or_
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from discuss.db.compiled import Compiled
from discuss.models import Entry, Group, Kind

# Unread messages of a group that are counted; so many or more are said to be MANY.
COUNTED = 99
MANY = COUNTED + 1
# Groups whose lines one statement reads: SQLite takes no condition of more than 1,000 parts.
GROUPS_AT_ONCE = 200
POSITION = ("group_id", "position", "author_id", "change")
VISIBLE = Entry.objects.visible_messages()


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
def messages_after(marks: list[int]) -> QuerySet[Entry, Any]:
    """The messages of some groups with a change since; `marks` are each group and its latest change."""
    # For speed only (bench case small-groups): with 100 groups, Django takes 20 ms for this statement, and to
    # make an object of each row 10 us.
    news = [Q(group=pk, change__gt=change) for pk, change in batched(marks, 2)]
    lines = Entry.objects.filter(reduce(or_, news), kind=Kind.MESSAGE)
    return lines.order_by("group_id", "position").values_list(*POSITION, "hidden_at", "details")


def read_positions_again(known: Mapping[int, Positions]) -> tuple[dict[int, Positions], set[int]]:
    """Read what has changed since in these groups, in one statement; more where a message was altered.

    What is `known` stays as it is. Returned too are the groups in which mentions may be others by now.
    """
    again = {
        pk: Positions(list(each.numbers), list(each.authors), each.change)
        for pk, each in known.items()
    }
    altered, mentioning = set(), set()
    for some in batched(again.items(), GROUPS_AT_ONCE):
        marks = [mark for pk, each in some for mark in (pk, each.change)]
        for pk, number, author_id, change, hidden_at, details in messages_after.rows(marks):
            positions = again[pk]
            latest = positions.numbers[-1] if positions.numbers else 0
            if number <= latest or hidden_at is not None:
                # It was edited or hidden, or is hidden already.
                altered.add(pk)
            else:
                positions.add(number, author_id, change)
                if details:
                    mentioning.add(pk)
    for each in again.values():
        del each.numbers[:-MANY], each.authors[:-MANY]
    anew = read_positions(dict.fromkeys(altered)) if altered else {}
    return again | anew, altered | mentioning
