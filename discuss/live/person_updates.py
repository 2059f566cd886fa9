"""What the pages of people lack of what is their own, in a worker thread: read once for all of them."""

from collections.abc import Collection
from typing import NamedTuple

from discuss.reading.person import (
    MANY,
    GroupName,
    OwnGroup,
    Positions,
    read_names,
    read_own,
    read_positions,
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
    since = {pk: _since(asked.known.get(pk)) for pk in {*asked.groups, *behind}}
    positions = read_positions(since) if since else {}
    # One of the latest messages was hidden: there may be one more before them.
    fewer = {pk: None for pk, found in positions.items() if since[pk] and len(found.numbers) < MANY}
    return Answer(own, names, positions | (read_positions(fewer) if fewer else {}))


def _since(known: Positions | None) -> int | None:
    """Return where to begin to read again."""
    if known is None:
        return None
    return known.numbers[0] if len(known.numbers) == MANY else 0
