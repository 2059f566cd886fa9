"""Who may post into a group, and who has to wait."""

from datetime import datetime
from typing import NamedTuple

from discuss.rules.roles import MODERATOR, OWNER, may

NOT_A_MEMBER = "You are not a member of this group."
MUTED = "You may not write in this group for now."
MODERATORS_ALONE = "In this group moderators alone write."
# What the setting of a group says who may post.
EVERYBODY, MODERATORS = "everybody", "moderators"


class Poster(NamedTuple):
    """A person's place in a group, as it stands under the group's lock."""

    group_id: int
    role: str
    muted_until: datetime | None = None


def may_post(poster: Poster | None, group_id: int, posting: str, now: datetime) -> str:
    """Return why this person may not post into the group now; nothing where they may.

    `poster` is None where the membership is gone, or the account is closed; `posting` is the group's setting.
    """
    if poster is None or poster.group_id != group_id or not may("post", poster.role):
        return NOT_A_MEMBER
    if posting == MODERATORS and poster.role not in {MODERATOR, OWNER}:
        return MODERATORS_ALONE
    if poster.muted_until and poster.muted_until > now:
        return MUTED
    return ""
