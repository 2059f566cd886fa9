"""What moderators do: each act is one function, and all of them come through `perform_act`."""

from discuss.moderation.actions import lines, members, people
from discuss.moderation.actions.acts import (
    LINE,
    MEMBER,
    PERSON,
    ActKind,
    Doing,
    Why,
    act,
    acts,
    perform_act,
)

__all__ = [
    "LINE",
    "MEMBER",
    "PERSON",
    "ActKind",
    "Doing",
    "Why",
    "act",
    "acts",
    "lines",
    "members",
    "people",
    "perform_act",
]
