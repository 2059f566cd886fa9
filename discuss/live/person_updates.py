"""What the pages of people lack of what is their own, in a worker thread: read once for all of them."""

from collections.abc import Collection
from itertools import chain
from typing import NamedTuple

from discuss.reading.last_lines import LastLine, read_last_lines
from discuss.reading.log import read_standing
from discuss.reading.mentions import Mentions, read_mentions
from discuss.reading.own_groups import GroupName, OwnGroup
from discuss.reading.person import read_names, read_own
from discuss.reading.positions import Positions, read_positions, read_positions_again


class Asked(NamedTuple):
    """What a flush reads: the places of people, the names of groups, and where their messages stand.

    `known` are the positions that were read before. `lobby_people` have a page of the lobby: of all their
    groups the last line is read where it is not among those `kept`, and of the groups in `last_lines`.
    `everybody` has a page here: in groups where mentions may be others, they are read for all of them.
    """

    people: Collection[int]
    names: Collection[int]
    groups: Collection[int]
    known: dict[int, Positions]
    lobby_people: Collection[int] = ()
    last_lines: Collection[int] = ()
    kept: Collection[int] = ()
    everybody: Collection[int] = ()


class Answer(NamedTuple):
    """What it read. A group that is gone has no name.

    `readers` are, of each group whose last line was read, who of the people of the lobby may read it.
    `mentions` are of the people whose places were read, and of everybody in the groups `mentioning`.
    """

    own: dict[int, list[OwnGroup]]
    names: dict[int, GroupName]
    positions: dict[int, Positions]
    last_lines: dict[int, LastLine | None]
    readers: frozenset[tuple[int, int]]
    mentions: Mentions
    mentioning: Collection[int]


def read_person_updates(asked: Asked) -> Answer:
    """Read what a flush needs, in a worker thread: places first, so that positions are never older."""
    own, names = read_own(asked.people) if asked.people else ({}, {})
    if asked.names:
        names |= read_names(asked.names)
    behind = {
        place.group_id for places in own.values() for place in places if place.is_behind
    } - asked.known.keys()
    again = {pk: asked.known[pk] for pk in asked.groups if pk in asked.known}
    unknown = {*asked.groups, *behind} - again.keys()
    positions, mentioning = read_positions_again(again) if again else ({}, set[int]())
    if unknown:
        positions |= read_positions(dict.fromkeys(unknown))
    mentioning |= unknown
    mentions = _read_mentions(asked, own, mentioning)
    theirs = chain.from_iterable(own.get(user_id, ()) for user_id in asked.lobby_people)
    wanted = {*asked.last_lines, *({place.group_id for place in theirs} - {*asked.kept})}
    last_lines: dict[int, LastLine | None] = dict.fromkeys(wanted)
    readers = frozenset[tuple[int, int]]()
    if wanted:
        last_lines |= read_last_lines(wanted)
        # After the lines: nobody is shown what was written after they were removed, whatever bell was lost.
        readers = read_standing(wanted, asked.lobby_people)
    return Answer(own, names, positions, last_lines, readers, mentions, mentioning)


def _read_mentions(
    asked: Asked, own: dict[int, list[OwnGroup]], mentioning: Collection[int]
) -> Mentions:
    """Read mentions of everybody in these groups, and of people whose places were read in all of theirs."""
    places = chain.from_iterable(own.values())
    theirs = {place.group_id for place in places if place.is_behind}.difference(mentioning)
    mentions = read_mentions({*asked.everybody, *own}, mentioning)
    others = read_mentions(list(own), theirs)
    return Mentions(mentions.of_people | others.of_people, mentions.everybody | others.everybody)
