"""Reading who is connected through which process."""

from collections.abc import Collection, Mapping
from heapq import nsmallest
from typing import NamedTuple

from discuss.models import Presence, Process

# How many people "who is here now" names before it counts the others.
NAMED_HERE = 30


class Here(NamedTuple):
    """Those connected to a group: who all of them are, and the first names, in the order of the alphabet."""

    people: frozenset[int] = frozenset()
    names: tuple[str, ...] = ()

    @classmethod
    def of(cls, people: Mapping[int, str]) -> "Here":
        """Return the people of these ids and names."""
        return cls(frozenset(people), _first(people.values()))

    def and_those(self, *others: "Here") -> "Here":
        """Return all of them, each once."""
        each = (self, *others)
        names = {name for some in each for name in some.names}
        return Here(frozenset().union(*(some.people for some in each)), _first(names))

    @property
    def total(self) -> int:
        """How many they are. A process of the version before tells some names and nobody's id."""
        return max(len(self.people), len(self.names))


class Connected(NamedTuple):
    """Those connected to a group through one process."""

    process: str
    group_id: int
    here: Here


def read_beats() -> dict[str, int]:
    """Return how often each process has shown that it lives."""
    return dict(Process.objects.values_list("name", "beat"))


def read_presence(group_ids: Collection[int]) -> list[Connected]:
    rows = Presence.objects.filter(group__in=group_ids).values_list(
        "process__name", "group_id", "user_ids", "people"
    )
    return [
        Connected(process, group, Here(frozenset(user_ids), _first(names)))
        for process, group, user_ids, names in rows
    ]


def _first(names: Collection[str]) -> tuple[str, ...]:
    return tuple(nsmallest(NAMED_HERE, names, key=str.casefold))
