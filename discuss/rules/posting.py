"""Who may post into a group."""

from typing import NamedTuple

NOT_A_MEMBER = "You are not a member of this group."


class Poster(NamedTuple):
    """A person's place in a group as it stands under the group's lock."""

    group_id: int
    is_active: bool


def may_post(poster: Poster | None, group_id: int) -> str:
    """Return why this person may not post into the group now; nothing where they may.

    `poster` is None where the membership is gone.
    """
    if poster is None or poster.group_id != group_id or not poster.is_active:
        return NOT_A_MEMBER
    return ""
