"""What pages lack of the queue and of their headers, read in a worker thread: once for each scope."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from discuss.moderation.reading.case import Progress, read_progress
from discuss.moderation.reading.duties import Duties, duties_of
from discuss.moderation.reading.held import HeldList, HeldQuery, read_held_list
from discuss.moderation.reading.queue import Queue, QueueQuery, read_queue
from discuss.moderation.reading.scopes import Scope, read_scopes

# What a page shows besides its header: a list page of the queue, what waits in a group, a case by its key, or
# nothing.
type Shown = QueueQuery | HeldQuery | int | None


@dataclass(slots=True)
class QueuePage:
    """A page with a header, and what it came with: what it says of its header, and of what it shows."""

    shows: Shown = None
    fingerprint: str = ""
    header: str | None = None
    # What it shows by now; nothing before it was written to.
    queue: Queue | None = None
    progress: Progress | None = None
    held: HeldList | None = None


class Asked(NamedTuple):
    """What a flush reads: `people` whose scope is read again, besides those in `known`.

    `counted` are those whose headers may have changed, of the groups in `groups` (None: of all). `views` are
    what pages of the queue show, each with its person.
    """

    people: Collection[int]
    known: Mapping[int, Scope]
    counted: Collection[int]
    views: Collection[tuple[int, Shown]]


class Reading(NamedTuple):
    """What it read. A case that its reader may not see is None. `unsure` have other rights by now."""

    scopes: dict[int, Scope]
    duties: dict[int, Duties]
    queues: dict[tuple[Scope, QueueQuery], Queue]
    cases: dict[tuple[Scope, int], Progress | None]
    held: dict[tuple[Scope, HeldQuery], HeldList | None]
    unsure: frozenset[int]


def read_queue_updates(asked: Asked) -> Reading:
    """Read scopes, then what they show, then the scopes of whoever is shown cases again.

    So nobody is shown anything that was read after they lost the right to see it, whatever bell was lost.
    """
    watching = {user_id for user_id, _ in asked.views}
    scopes = {**asked.known, **read_scopes({*asked.people, *watching})}
    counted = [pk for pk in asked.counted if pk in scopes]
    queues: dict[tuple[Scope, QueueQuery], Queue] = {}
    cases: dict[tuple[Scope, int], Progress | None] = {}
    held: dict[tuple[Scope, HeldQuery], HeldList | None] = {}
    for user_id, shows in asked.views:
        scope = scopes[user_id]
        if isinstance(shows, HeldQuery):
            if (scope, shows) not in held:
                held[scope, shows] = read_held_list(scope, shows)
        elif isinstance(shows, QueueQuery):
            if (scope, shows) not in queues:
                queues[scope, shows] = read_queue(scope, shows)
        elif shows is not None and (scope, shows) not in cases:
            cases[scope, shows] = read_progress(scope, shows)
    duties = duties_of(counted, {pk: scopes[pk] for pk in counted}) if counted else {}
    again = read_scopes(watching) if watching else {}
    unsure = frozenset(pk for pk in watching if again[pk] != scopes[pk])
    return Reading(scopes, duties, queues, cases, held, unsure)
