"""Who may post into a group, and who has to wait; and what else whoever has to wait may not do."""

from datetime import datetime
from typing import NamedTuple

from discuss.rules.moments import Moment
from discuss.rules.refusals import Code, Refused
from discuss.rules.roles import MODERATOR, OWNER, may

# What the setting of a group says who may post.
EVERYBODY, MODERATORS = "everybody", "moderators"


class Poster(NamedTuple):
    """A person's place in a group, as it stands under the group's lock.

    `must_read` says that there is a warning which they have not read yet.
    """

    group_id: int
    role: str
    muted_until: datetime | None = None
    must_read: bool = False


def may_post(poster: Poster | None, group_id: int, posting: str, now: datetime) -> Refused | None:
    """Return why this person may not post into the group now; None where they may.

    `poster` is None where the membership is gone, or the account is closed; `posting` is the group's setting.
    """
    if poster is None or poster.group_id != group_id or not may("post", poster.role):
        return Refused(Code.NOT_A_MEMBER)
    if posting == MODERATORS and poster.role not in {MODERATOR, OWNER}:
        return Refused(Code.MODERATORS_ALONE)
    return may_write(poster.muted_until, poster.must_read, now)


def may_write(muted_until: datetime | None, must_read: bool, now: datetime) -> Refused | None:
    """Return why a member may change nothing that others see: a time-out, or a warning to be read."""
    if muted_until and muted_until > now:
        return Refused(Code.MUTED, until=Moment(muted_until))
    return Refused(Code.MUST_READ) if must_read else None
