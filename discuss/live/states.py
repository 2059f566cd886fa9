"""Where the pages of a group stand, what they ask for, and what answers them."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import NamedTuple

from discuss.models import Bar, Entry, Group
from discuss.reading.log import News
from discuss.reading.members import Shown
from discuss.rendering.audience import Audience
from discuss.server.wire import Prepared

# States of pages that one flush reads and renders for apart, each a frame of its own: pages that came back
# after a restart share a few, and a flush keeps those of other groups waiting.
AT_ONCE = 20


class Window(NamedTuple):
    """Which lines a page shows, by their positions. The newest is None where new ones come: at the end."""

    oldest: int
    newest: int | None = None


class PageState(NamedTuple):
    """Where a page stands: the head it has seen, of which database, its oldest line, and which members.

    That is the fingerprint of the list (Shown). Its newest line is None where it shows the end of the log.
    """

    cursor: int
    epoch: str
    oldest: int
    members: str
    audience: Audience
    newest: int | None = None

    @property
    def window(self) -> Window:
        return Window(self.oldest, self.newest)


class Frame(NamedTuple):
    """What a page lacked, and which lines it shows now."""

    prepared: Prepared
    window: Window


class Older(NamedTuple):
    """A request for the lines before this position."""

    position: int
    audience: Audience


class Newer(NamedTuple):
    """A request for the lines after this position."""

    position: int
    audience: Audience


@dataclass(slots=True)
class Updates:
    """What to write to whom, where the log is now at `head`.

    `shown` is the list of members that all these pages show by then. `ended` are the people who are no
    members any more, each with the event that says so; None where that is among too many lines to hold.
    `group` is there where somebody has to be sent away from it, who may still find it.
    """

    head: int
    epoch: str
    shown: Shown
    group: Group | None = None
    # What keeps some of them out of it for longer, by person.
    barred: dict[int, Bar] = field(default_factory=dict)
    live: dict[PageState, Frame] = field(default_factory=dict)
    # Those that have to be shown anew and were too many: they join in again.
    later: frozenset[PageState] = frozenset()
    joining: dict[PageState, Frame] = field(default_factory=dict)
    history: dict[Older, Frame] = field(default_factory=dict)
    newer: dict[Newer, Frame] = field(default_factory=dict)
    ended: dict[int, Entry | None] = field(default_factory=dict)
    returned: frozenset[int] = frozenset()
    admitted: frozenset[int] = frozenset()
    # Who has written what is new to live pages.
    authors: frozenset[int] = frozenset()
    # Of this thread's computing, but for what it read of several groups at once.
    seconds: float = 0.0
    # What the group wears, where any skin has templates.
    skin: str = ""


class UpdateRequest(NamedTuple):
    """What a flush asks for: what these pages lack after `cursor` (None: it has not read yet).

    `shown` is the list of members on the live pages (None: there were none yet). `joining_people` are those
    of the joining pages, `live_people` those of the live ones. `skin` is what the group wore at `cursor`.
    `news` is what happened since, where that is known already.
    """

    group_id: int
    cursor: int | None
    shown: Shown | None
    live: Collection[PageState]
    joining: Collection[PageState]
    joining_people: Collection[int]
    live_people: Collection[int]
    older: Collection[Older]
    newer: Collection[Newer] = ()
    skin: str = ""
    news: News | None = None
