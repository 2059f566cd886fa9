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
from discuss.moderation.actions.filters import (
    change_filter,
    delete_filter,
    make_filter,
    switch_filter,
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
    "change_filter",
    "delete_filter",
    "lines",
    "make_filter",
    "members",
    "people",
    "perform_act",
    "switch_filter",
]
