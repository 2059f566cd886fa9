"""Who may post into a group, and who has to wait."""

from datetime import datetime
from typing import NamedTuple

from discuss.rules.refusals import Code
from discuss.rules.roles import MODERATOR, OWNER, may

# What the setting of a group says who may post.
EVERYBODY, MODERATORS = "everybody", "moderators"


class Poster(NamedTuple):
    """A person's place in a group, as it stands under the group's lock."""

    group_id: int
    role: str
    muted_until: datetime | None = None


def may_post(poster: Poster | None, group_id: int, posting: str, now: datetime) -> Code | None:
    """Return why this person may not post into the group now; None where they may.

    `poster` is None where the membership is gone, or the account is closed; `posting` is the group's setting.
    """
    if poster is None or poster.group_id != group_id or not may("post", poster.role):
        return Code.NOT_A_MEMBER
    if posting == MODERATORS and poster.role not in {MODERATOR, OWNER}:
        return Code.MODERATORS_ALONE
    if poster.muted_until and poster.muted_until > now:
        return Code.MUTED
    return None
