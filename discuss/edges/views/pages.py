"""What the lobby and the page of a group share."""

from discuss.edges.views.people import Request
from discuss.live.hub import hub
from discuss.reading.own_groups import OwnGroups, Unwritten
from discuss.reading.person import read_own_groups


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
