"""Reading a group's list of members, and what has to be done to one list to make it another."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import NamedTuple

from discuss.db.compiled import Compiled
from discuss.models import Membership, User
from discuss.models.membership import MembershipQuerySet
from discuss.rules import roles

# Members that a group's page names before it counts the others.
NAMED_MEMBERS = 200


class Row(NamedTuple):
    """What decides how a member's row looks, and where in the list it stands."""

    user_id: int
    membership_id: int
    name: str
    role: str
    is_active: bool


class Shown(NamedTuple):
    """What a page shows of the members; no two lists that differ have the same `fingerprint`.

    `moderators` are all who see what was hidden, those too whom it does not name.
    """

    rows: tuple[Row, ...]
    fingerprint: str
    moderators: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Members:
    """The head of the list of members, and how many there are in all."""

    named: Sequence[Membership]
    count: int
    moderators: frozenset[int] = frozenset()

    @property
    def has_unnamed(self) -> bool:
        return self.count > len(self.named)

    @cached_property
    def shown(self) -> Shown:
        rows = tuple(
            Row(m.user_id, m.pk, m.user.name, m.role, m.user.is_active) for m in self.named
        )
        digest = hashlib.sha256(repr((self.count, rows)).encode()).hexdigest()
        return Shown(rows, digest[:16], self.moderators)


def read_relation(group_id: int, actor_id: int, role: str, user_id: int | None) -> str:
    """Return how this person stands to an actor of this role (discuss/rules/roles.py); None is someone."""
    if actor_id == user_id:
        return roles.OWN
    if role == roles.STAFF:
        people = User.objects.in_bulk([pk for pk in (actor_id, user_id) if pk is not None])
        other = people.get(user_id or 0)
        return roles.rank_relation(people[actor_id], other) if other else roles.LOWER
    theirs = Membership.objects.filter(group=group_id, user=user_id)
    others = theirs.values_list("role", flat=True).first()
    return roles.relation(role, others or roles.STRANGER)


class Arrival(NamedTuple):
    """New rows that stand together: below that of the person `after`, or at the top."""

    after: int | None
    memberships: list[Membership]


class Moves(NamedTuple):
    """What makes one list another: the people whose rows go, then the rows that come."""

    gone: list[int]
    arrivals: list[Arrival]


@Compiled
def members_of(group_id: int) -> MembershipQuerySet:
    """The members of a group with their people, in the order in which its page lists them."""
    return Membership.objects.filter(group=group_id).as_members()


def read_members(group_id: int) -> Members:
    named = members_of.rows(group_id, limit=NAMED_MEMBERS)
    # They stand before all others.
    moderators = frozenset(m.user_id for m in named if roles.may("moderate", m.role))
    if len(named) < NAMED_MEMBERS:
        return Members(named, len(named), moderators)
    everybody = Membership.objects.filter(group=group_id)
    if len(moderators) == len(named):
        ranked = everybody.filter(role__in=roles.members_who_may("moderate"))
        moderators = frozenset(ranked.values_list("user_id", flat=True))
    return Members(named, everybody.count(), moderators)


def read_members_of(group_id: int, user_ids: Collection[int]) -> frozenset[int]:
    """Return which of these people are members and may act."""
    standing = Membership.objects.standing().filter(group=group_id, user__in=user_ids)
    return frozenset(standing.values_list("user_id", flat=True))


def moves(before: Shown, after: Members) -> Moves | None:
    """Return what makes the list `before` the list `after`; None where most of it would move.

    A row that changed in any way goes and comes again. The others stand in the same order in both lists,
    because what decides their order is in them.
    """
    rows = after.shown.rows
    staying = set(before.rows) & set(rows)
    gone = [row.user_id for row in before.rows if row not in staying]
    arrivals = []
    above: int | None = None
    for stays, run in groupby(zip(rows, after.named, strict=True), lambda it: it[0] in staying):
        together = list(run)
        if not stays:
            arrivals.append(Arrival(above, [membership for _, membership in together]))
        above = together[-1][0].user_id
    # Then the list itself is shorter than what would be said of its rows.
    is_shorter_whole = 2 * (len(gone) + len(rows) - len(staying)) > len(rows)
    return None if is_shorter_whole else Moves(gone, arrivals)
