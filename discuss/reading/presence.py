"""Reading who is connected through which process."""

from collections.abc import Collection
from typing import NamedTuple

from discuss.models import Presence, Process


class Connected(NamedTuple):
    """The names of those connected to a group through one process."""

    process: str
    group_id: int
    people: tuple[str, ...]


def read_beats() -> dict[str, int]:
    """Return how often each process has shown that it lives."""
    return dict(Process.objects.values_list("name", "beat"))


def read_presence(group_ids: Collection[int]) -> list[Connected]:
    rows = Presence.objects.filter(group__in=group_ids).values_list(
        "process__name", "group_id", "people"
    )
    return [Connected(process, group, tuple(people)) for process, group, people in rows]
