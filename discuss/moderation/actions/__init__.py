"""What moderators do: each act is one function, and all of them come through `perform_act`."""

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
from discuss.moderation.actions.lines import hide, restore

__all__ = [
    "LINE",
    "MEMBER",
    "PERSON",
    "ActKind",
    "Doing",
    "Why",
    "act",
    "acts",
    "hide",
    "perform_act",
    "restore",
]
