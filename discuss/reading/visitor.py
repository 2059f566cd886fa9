"""Who is at the door of a socket: one crossing that finds the person and what they may enter."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import F, QuerySet

from discuss.db.compiled import Compiled
from discuss.models import Group, Membership, Session, User
from discuss.models.membership import MembershipQuerySet
from discuss.models.session import is_key
from discuss.reading.bans import read_ban
from discuss.reading.bars import barred_by, read_bar
from discuss.rules.text import Text


class Visitor(NamedTuple):
    """Whom a session stands for. Without a `membership` the person may find the `group`, and not enter it.

    `is_closed` where it would stand for somebody whose account is closed.
    """

    user: User | None
    group: Group | None = None
    membership: Membership | None = None
    is_closed: bool = False
    # What keeps them out of the group, or of the site.
    refusal: Text = ""
    # When the session ends.
    ends: datetime | None = None


@Compiled
def memberships_of(session_key: str, group_uuid: UUID) -> MembershipQuerySet:
    """Person, group, membership and session of somebody who comes to a group that they are in."""
    found = Membership.objects.filter(user__sessions=session_key, group__uuid=group_uuid)
    return found.select_related("user", "group").annotate(
        session_data=F("user__sessions__session_data"), expire_date=F("user__sessions__expire_date")
    )


@Compiled
def sessions_of(session_key: str) -> QuerySet[Session]:
    return Session.objects.filter(pk=session_key).select_related("user")


def read_visitor(session_key: str | None, group_uuid: UUID | None = None) -> Visitor:
    """Find the session's person and, where a group is named, their membership in it.

    One statement for a member at a group's door, and for anybody at the lobby's.
    """
    if session_key is None or not is_key(session_key):
        return Visitor(None)
    if group_uuid is not None:
        membership: Any = memberships_of.first(session_key, group_uuid)
        if membership is not None:
            data, end = membership.session_data, membership.expire_date
            session = Session(session_key, session_data=data, expire_date=end)
            if not session.is_of(membership.user):
                is_closed = not membership.user.is_active
                return _closed(membership.user_id) if is_closed else Visitor(None)
            return Visitor(membership.user, membership.group, membership, ends=end)
    found = sessions_of.first(session_key)
    if found is None or not found.user or not found.is_of(found.user):
        is_closed = bool(found and found.user and not found.user.is_active)
        return _closed(found.user_id) if found and is_closed else Visitor(None)
    group, bar = None, None
    if group_uuid is not None:
        group = Group.objects.findable_by(found.user).filter(uuid=group_uuid).first()
        bar = read_bar(group.pk, found.user.pk) if group else None
    refusal = barred_by(bar).text if bar else ""
    return Visitor(found.user, group, ends=found.expire_date, refusal=refusal)


def _closed(user_id: int | None) -> Visitor:
    told = read_ban(user_id) if user_id else None
    return Visitor(None, is_closed=True, refusal=told.text if told else "")


def read_people(session_keys: Collection[str]) -> dict[str, User]:
    """Return the person of each session that still stands."""
    sessions = Session.objects.filter(pk__in=session_keys).select_related("user")
    return {
        session.session_key: session.user
        for session in sessions
        if session.user and session.is_of(session.user)
    }
