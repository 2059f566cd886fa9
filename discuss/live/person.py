"""Somebody with open pages in this process, as the person's feed knows them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from discuss.live.viewer import Viewer
from discuss.reading.held import HeldHere
from discuss.reading.own_groups import OwnGroup, Unread
from discuss.reading.sanctions import Sanction
from discuss.rendering.audience import Audience


@dataclass(slots=True)
class OwnPage:
    """A page of a person's: of which group (None: of the lobby), and what list it came with."""

    group_id: int | None
    fingerprint: str
    # In the lobby, the day on which the list was written.
    day: str = ""

    def today(self, audience: Audience) -> str:
        """Return which day it is, where that decides what the list shows."""
        return audience.today() if self.group_id is None else ""


@dataclass(slots=True)
class Person:
    """Somebody with open pages here: their groups, what is unread in each, and their pages.

    `mentions` are where lines stand in each group that mention them, and `heard` how far each log was when
    they came, or when they heard of a mention in it.
    """

    own: dict[int, OwnGroup] = field(default_factory=dict)
    counts: dict[int, Unread] = field(default_factory=dict)
    # In which groups their pages say that they have a draft.
    drafted: frozenset[int] = frozenset()
    mentions: dict[int, list[int]] = field(default_factory=dict)
    heard: dict[int, int] = field(default_factory=dict)
    pages: dict[Viewer, OwnPage] = field(default_factory=dict)

    @property
    def is_in_lobby(self) -> bool:
        """Whether a page of theirs shows last lines."""
        return any(page.group_id is None for page in self.pages.values())


def shown_of(own: Mapping[int, OwnGroup]) -> dict[int, tuple[str, Sanction, HeldHere]]:
    """Return what pages show of each of these groups besides what comes by itself, and its name."""
    return {pk: (place.level, place.sanction, place.held) for pk, place in own.items()}


def others[T](before: Mapping[int, T], now: Mapping[int, T]) -> set[int]:
    """Return the groups of which something else was read than before; what is new is no other."""
    return {pk for pk, value in now.items() if before.get(pk, value) != value}
