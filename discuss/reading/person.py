"""What is read of a person: their places in groups, and the list of them as a page's first load shows it."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from discuss.db.compiled import Compiled
from discuss.models import Group, Level, Membership
from discuss.reading.held import HeldHere, count_held, read_waiting
from discuss.reading.last_lines import read_last_lines
from discuss.reading.mentions import read_mentions
from discuss.reading.own_groups import (
    ALL_WRITTEN,
    GroupName,
    OwnGroup,
    OwnGroups,
    Unwritten,
    count_unread,
    own_groups,
)
from discuss.reading.positions import VISIBLE, read_positions
from discuss.reading.sanctions import Sanction, in_future, read_warnings
from discuss.rules import roles
from discuss.rules.unread import Marking

# The columns of a place, in the order in which they are unpacked.
_OF_PLACE = (
    *("user_id", "pk", "unread_at", "markings", "group_id", "read_upto", "group__head"),
    "kept_draft",
    *("level", "user__sound", "muted_until", "must_read", "has_held", "role"),
    *("group__name_key", "group__uuid", "group__name", "group__description"),
)


# For speed, as what else is compiled here (bench case connects): each page that comes reads it.
@Compiled
def _places(user_ids: list[int]) -> QuerySet[Any, Any]:
    found = Membership.objects.filter(user__in=user_ids, group__is_deleted=False)
    return found.with_warnings().with_held().values_list(*_OF_PLACE)


def read_own(
    user_ids: Collection[int],
) -> tuple[dict[int, list[OwnGroup]], dict[int, GroupName]]:
    """Read the places of these people, by person, and the names of their groups, by group."""
    own: dict[int, list[OwnGroup]] = {user_id: [] for user_id in user_ids}
    names = {}
    warned: set[int] = set()
    holding: dict[tuple[int, int], str] = {}
    for (
        user_id,
        membership_id,
        unread_at,
        markings,
        pk,
        read_upto,
        head,
        draft,
        level,
        sound,
        muted_until,
        must_read,
        has_held,
        role,
        key,
        *shown,
    ) in _places.rows(list(own)):
        marks = membership_id, Marking(unread_at, markings), pk, read_upto, head
        sanction = Sanction(in_future(muted_until))
        own[user_id].append(OwnGroup(*marks, draft is not None, level, sound, sanction))
        names[pk] = GroupName(key or "", pk, *shown)
        warned |= {user_id} if must_read else set()
        if has_held:
            holding[user_id, pk] = role
    if holding:
        _add_held(own, holding)
    if warned:
        _add_warnings(own, warned, names.keys())
    return own, names


def read_place(user_id: int, group_uuid: UUID) -> Membership | None:
    """Return a person's place in a group, with the group and what is kept of their draft there."""
    return _places_in.first(user_id, group_uuid)


@Compiled
def _places_in(user_id: int, group_uuid: UUID) -> QuerySet[Membership, Membership]:
    found = Membership.objects.filter(user=user_id, group__uuid=group_uuid)
    placed: QuerySet[Membership, Membership] = found.select_related("group", "kept_draft")
    return placed


def _add_warnings(
    own: dict[int, list[OwnGroup]], user_ids: set[int], group_ids: Collection[int]
) -> None:
    """Add to the places of these people what they have to read there."""
    for user_id, warnings in read_warnings(group_ids, user_ids).items():
        for number, place in enumerate(own[user_id]):
            theirs = tuple(w for w in warnings if w.group_id in (None, place.group_id))
            sanction = place.sanction._replace(warnings=theirs)
            own[user_id][number] = place._replace(sanction=sanction)


def _add_held(own: dict[int, list[OwnGroup]], holding: Mapping[tuple[int, int], str]) -> None:
    """Add to these places, of which the roles are known, what waits there."""
    user_ids, group_ids = {user_id for user_id, _ in holding}, {pk for _, pk in holding}
    waiting, counts = read_waiting(user_ids, group_ids), count_held(group_ids)
    for user_id in user_ids:
        for number, place in enumerate(own[user_id]):
            key = user_id, place.group_id
            if key in holding:
                decides = roles.may_at_all("approve", holding[key])
                to_decide = counts[place.group_id] if decides else 0
                held = HeldHere(waiting.get(key, ()), to_decide)
                own[user_id][number] = place._replace(held=held)


def read_names(group_ids: Collection[int]) -> dict[int, GroupName]:
    """Read what these groups are called."""
    found = Group.objects.filter(pk__in=group_ids)
    fields = "pk", "name_key", "uuid", "name", "description"
    return {pk: GroupName(key or "", pk, *shown) for pk, key, *shown in found.values_list(*fields)}


def read_first_unread(membership: Membership) -> int | None:
    """Return the key of the first message that the member has not read; None where there is none."""
    upto = membership.read_upto
    if not 0 < upto < membership.group.head:
        return None
    return _unread_after.first(membership.group_id, upto, membership.user_id)


@Compiled
def _unread_after(group_id: int, upto: int, user_id: int) -> QuerySet[Any, int]:
    """The keys of what others wrote in a group after `upto`."""
    unread = VISIBLE.filter(group=group_id, position__gt=upto).exclude(author=user_id)
    keys: QuerySet[Any, int] = unread.order_by("position").values_list("pk", flat=True)
    return keys


def read_own_groups(
    user_id: int,
    *,
    reading: Collection[int] = (),
    unwritten: Unwritten = ALL_WRITTEN,
    day: str = "",
    group_id: int | None = None,
) -> OwnGroups:
    """Read the list of a person's groups; what they are `reading` at this moment is read.

    `unwritten` is what the database may not say yet. `day` is the lobby's, and `group_id` the group of
    another page.
    """
    own, names = read_own([user_id])
    places = [unwritten.added(user_id, each) for each in own[user_id]]
    behind = [each for each in places if each.is_behind and each.group_id not in reading]
    counted = {each.group_id: each.unread_since for each in behind if each.level == Level.ALL}
    positions = read_positions(counted)
    mentions = read_mentions([user_id], [each.group_id for each in behind])
    counts = {
        each.group_id: count_unread(
            each,
            positions.get(each.group_id),
            mentions.of_people.get((user_id, each.group_id), ()),
            mentions.everybody[each.group_id],
            user_id,
        )
        for each in behind
    }
    last_lines = read_last_lines(names) if day and names else {}
    by_group = {each.group_id: each for each in places}
    here = by_group.get(group_id) if group_id else None
    return own_groups(names.values(), counts, last_lines, day, by_group, here)
