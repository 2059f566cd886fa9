"""Who is at the door of a socket: one crossing that finds the person and what they may enter."""

from typing import NamedTuple
from uuid import UUID

from discuss.models import Group, Membership, User


class Visitor(NamedTuple):
    """Whom a session stands for. Without a `membership` the person may not enter the `group`."""

    user: User | None
    group: Group | None = None
    membership: Membership | None = None


def read_visitor(session_key: str | None, group_uuid: UUID | None = None) -> Visitor:
    """Find the session's person and, where a group is named, their membership in it."""
    user = User.objects.of_session(session_key)
    if user is None or group_uuid is None:
        return Visitor(user)
    membership = user.memberships.select_related("group").filter(group__uuid=group_uuid).first()
    if membership is None:
        return Visitor(user, Group.objects.filter(uuid=group_uuid).first())
    return Visitor(user, membership.group, membership)
