"""A person's own groups, and how many messages of each they have not read.

A page's first load and its live badges count by the same function.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from discuss.models import Level
from discuss.reading.held import NOTHING_HELD, HeldHere
from discuss.reading.last_lines import LastLine
from discuss.reading.mentions import Everybodys, count_mentions
from discuss.reading.positions import COUNTED, MANY, Positions
from discuss.reading.sanctions import NO_SANCTION, Sanction
from discuss.rules.unread import Marking

# How far a person has read in a group, where something was last marked as unread there.
type ReadUpto = Callable[[int, int, Marking], int]
# Whether there is a draft of a membership, where the database says whether it has one.
type HasDraft = Callable[[int, bool], bool]


class Unwritten(NamedTuple):
    """What the database may not say yet."""

    read_upto: ReadUpto = lambda user_id, group_id, marking: 0
    has_draft: HasDraft = lambda membership_id, is_stored: is_stored

    def added(self, user_id: int, place: "OwnGroup") -> "OwnGroup":
        """Return the place as it is about to be."""
        read_upto = self.read_upto(user_id, place.group_id, place.marking)
        has_draft = self.has_draft(place.membership_id, place.has_draft)
        return place._replace(read_upto=max(place.read_upto, read_upto), has_draft=has_draft)


class OwnGroup(NamedTuple):
    """A person's place in a group, and how far the group's log is.

    `marking` is how they last marked something there as unread. `level` is of what they want to be
    told there. `sound` is the person's own setting, the same in all.
    """

    membership_id: int
    marking: Marking
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
        here, there = (self.membership_id, self.marking), (other.membership_id, other.marking)
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
