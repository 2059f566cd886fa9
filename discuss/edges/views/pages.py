"""What pages share that hear of what happens."""

from collections.abc import Iterable
from typing import Any

from discuss.edges.views.people import Request
from discuss.live.hub import hub
from discuss.models import Entry
from discuss.reading.own_groups import OwnGroups, Unwritten
from discuss.reading.person import read_own_groups
from discuss.rendering import fragments
from discuss.rendering.audience import Audience
from discuss.rules.listed import How, written


def own_groups(request: Request, *, day: str = "", group_id: int | None = None) -> OwnGroups:
    """Return the person's groups, with what they read in this process just now.

    `day` is the lobby's, `group_id` a group's page's.
    """
    reading = hub.being_read(request.user.pk)
    unwritten = Unwritten(hub.read_upto, hub.has_draft)
    return read_own_groups(
        request.user.pk, reading=reading, unwritten=unwritten, day=day, group_id=group_id
    )


def wants_live(request: Request) -> bool:
    """Whether pages open a socket: where sockets are blocked, `?live=off` is said once and remembered.

    A link on another site says it to nobody (https://www.w3.org/TR/fetch-metadata/).
    """
    choice = request.GET.get("live")
    is_ours = request.headers.get("Sec-Fetch-Site", "none") in {"same-origin", "none"}
    if choice in {"on", "off"} and is_ours and choice != request.session.get("live", "on"):
        request.session["live"] = choice
    return request.session.get("live") != "off"


def listing(
    request: Request, how: How, entries: Iterable[Entry], audience: Audience | None = None
) -> dict[str, Any]:
    """Return what a page has to know that lists these messages, so that it hears what becomes of them.

    `audience` is that of the group whose lines they are.
    """
    audience = audience or Audience.of(request.user)
    listed = written((entry.pk, entry.change) for entry in entries)
    return {
        "how": how,
        "listed": listed,
        # What lists nothing has nothing to hear.
        "is_live": wants_live(request) and bool(listed),
        "sight": audience.sight,
        "signs_version": fragments.signs_version(),
        "zone": audience.time_zone,
    }
