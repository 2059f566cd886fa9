"""What is a person's own: their groups, and how many messages of each they have not read.

A page's first load and its live badges count by the same function.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from discuss.models import Group, Level, Membership
from discuss.reading.held import NOTHING_HELD, HeldHere, count_held, read_waiting
from discuss.reading.last_lines import LastLine, read_last_lines
from discuss.reading.mentions import Everybodys, count_mentions, read_mentions
from discuss.reading.positions import COUNTED, MANY, VISIBLE, Positions, read_positions
from discuss.reading.sanctions import NO_SANCTION, Sanction, in_future, read_warnings
from discuss.rules import roles

# How far a person has read in a group, where something was last marked as unread there.
type ReadUpto = Callable[[int, int, int], int]
# Whether there is a draft of a membership, where the database says whether it has one.
type HasDraft = Callable[[int, bool], bool]


class Unwritten(NamedTuple):
    """What the database may not say yet."""

    read_upto: ReadUpto = lambda user_id, group_id, unread_at: 0
    has_draft: HasDraft = lambda membership_id, is_stored: is_stored

    def added(self, user_id: int, place: "OwnGroup") -> "OwnGroup":
        """Return the place as it is about to be."""
        read_upto = self.read_upto(user_id, place.group_id, place.unread_at)
        has_draft = self.has_draft(place.membership_id, place.has_draft)
        return place._replace(read_upto=max(place.read_upto, read_upto), has_draft=has_draft)


class OwnGroup(NamedTuple):
    """A person's place in a group, and how far the group's log is.

    `unread_at` is where it was when they last marked something as unread. `level` is of what they want to be
    told there. `sound` is the person's own setting, the same in all.
    """

    membership_id: int
    unread_at: int
    group_id: int
    read_upto: int
    head: int
    has_draft: bool = False
    level: str = Level.ALL
    sound: str = ""
    # What keeps the person from writing there.
    sanction: Sanction = NO_SANCTION
    # What of theirs waits there for a moderator, and how many messages wait for them.
    held: HeldHere = NOTHING_HELD

    def is_as_marked(self, other: "OwnGroup") -> bool:
        """Whether it is the same place, and nothing was marked as unread in between."""
        here, there = (self.membership_id, self.unread_at), (other.membership_id, other.unread_at)
        return here == there

    @property
    def is_behind(self) -> bool:
        """Whether anything happened since."""
        return 0 < self.read_upto < self.head

    @property
    def unread_since(self) -> int | None:
        """Where what is unread begins; None where that may be further back than is counted."""
        return self.read_upto + 1 if self.head - self.read_upto <= MANY else None


ALL_WRITTEN = Unwritten()


class GroupName(NamedTuple):
    """What a person's page shows of a group; they sort as the list of one's own groups does."""

    key: str
    pk: int
    uuid: UUID
    name: str
    description: str


class Unread(NamedTuple):
    """How much of a group is unread: what counts by the person's level, and mentions of the person."""

    messages: int = 0
    mentions: int = 0


NOTHING = Unread()


def count_unread(
    place: OwnGroup,
    positions: Positions | None,
    own: Sequence[int],
    everybody: Everybodys,
    user_id: int,
) -> Unread:
    """Return what is unread for a person at this place. Both first loads and live badges count by it.

    `own` and `everybody` are where lines stand that mention them, or all.
    """
    if place.level == Level.NOTHING:
        return NOTHING
    mentions = count_mentions(own, everybody, place.read_upto, user_id)
    if place.level == Level.MENTIONS:
        return Unread(mentions, mentions)
    count = positions.count_unread(place.read_upto, user_id) if positions else 0
    return Unread(count, mentions)


class Row(NamedTuple):
    """One of a person's groups, with what is unread in it in words.

    In the lobby its last line stands below the name, and the description where there is none.
    """

    uuid: UUID
    name: str
    unread: str
    description: str = ""
    last: LastLine | None = None
    mentions: str = ""
    level: str = Level.ALL
    has_draft: bool = False


@dataclass(frozen=True)
class OwnGroups:
    """A person's groups as the list of them shows them."""

    rows: tuple[Row, ...]
    # Of all of them together, in words.
    unread: str
    # In the lobby, the day on which it is read: lines of that day are shown with their time.
    day: str = ""
    # How many lines mention the person, in words.
    mentions: str = ""
    # What keeps the person from writing in the group of the page, and what waits there.
    sanction: Sanction = NO_SANCTION
    held: HeldHere = NOTHING_HELD

    @cached_property
    def fingerprint(self) -> str:
        """Return what differs when anything that the list shows differs."""
        shown = repr((self.rows, self.day, self.sanction, self.held))
        return hashlib.sha256(shown.encode()).hexdigest()[:16]


def in_words(count: int) -> str:
    """Return how many messages are unread as a badge says it; nothing for none."""
    if not count:
        return ""
    return str(count) if count <= COUNTED else f"{COUNTED}+"


def own_groups(
    names: Iterable[GroupName],
    counts: Mapping[int, Unread],
    last_lines: Mapping[int, LastLine | None],
    day: str,
    places: Mapping[int, OwnGroup],
    here: OwnGroup | None = None,
) -> OwnGroups:
    """Return the list of these groups, with the unread messages and the last line of each, by its key.

    `day` is the lobby's; on a group's page there is none, and no last lines, but the person's place `here`.
    """
    rows = []
    for each in sorted(names):
        below = (each.description, last_lines.get(each.pk)) if day else ("", None)
        count, mentions = map(in_words, counts.get(each.pk, NOTHING))
        place = places[each.pk]
        rows.append(
            Row(each.uuid, each.name, count, *below, mentions, place.level, place.has_draft)
        )
    count, mentions = map(in_words, total_of(counts))
    own = OwnGroups(tuple(rows), count, day, mentions)
    return replace(own, sanction=here.sanction, held=here.held) if here else own


def total_of(counts: Mapping[int, Unread]) -> Unread:
    """Return what is unread in all of a person's groups together."""
    each = counts.values()
    return Unread(sum(of.messages for of in each), sum(of.mentions for of in each))


def read_own(
    user_ids: Collection[int],
) -> tuple[dict[int, list[OwnGroup]], dict[int, GroupName]]:
    """Read the places of these people, by person, and the names of their groups, by group."""
    own: dict[int, list[OwnGroup]] = {user_id: [] for user_id in user_ids}
    names = {}
    found = Membership.objects.filter(user__in=own, group__is_deleted=False)
    places = found.with_warnings().with_held()
    warned: set[int] = set()
    holding: dict[tuple[int, int], str] = {}
    for (
        user_id,
        membership_id,
        unread_at,
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
    ) in places.values_list(
        *("user_id", "pk", "unread_at", "group_id", "read_upto", "group__head", "kept_draft"),
        *("level", "user__sound", "muted_until", "must_read", "has_held", "role"),
        *("group__name_key", "group__uuid", "group__name", "group__description"),
    ):
        marks = membership_id, unread_at, pk, read_upto, head
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
    unread = VISIBLE.filter(group=membership.group_id, position__gt=upto)
    others = unread.exclude(author=membership.user_id).order_by("position")
    return others.values_list("pk", flat=True).first()


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
