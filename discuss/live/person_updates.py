"""What the pages of people lack of what is their own, in a worker thread: read once for all of them."""

from collections.abc import Collection
from typing import NamedTuple

from discuss.reading.person import (
    GroupName,
    OwnGroup,
    Positions,
    read_names,
    read_own,
    read_positions,
    read_positions_again,
)


class Asked(NamedTuple):
    """What a flush reads: the places of people, the names of groups, and where their messages stand.

    `known` are the positions that were read before.
    """

    people: Collection[int]
    names: Collection[int]
    groups: Collection[int]
    known: dict[int, Positions]


class Answer(NamedTuple):
    """What it read. A group that is gone has no name."""

    own: dict[int, list[OwnGroup]]
    names: dict[int, GroupName]
    positions: dict[int, Positions]


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
    positions = read_positions_again(again) if again else {}
    if unknown:
        positions |= read_positions(dict.fromkeys(unknown))
    return Answer(own, names, positions)
