"""What moderators do: each act is one function, and all of them come through `perform_act`."""

from discuss.moderation.actions import lines, long_acts, members, people
from discuss.moderation.actions.acts import (
    CASE,
    LINE,
    MEMBER,
    NETWORK,
    PERSON,
    ActKind,
    Doing,
    Why,
    act,
    acts,
)
from discuss.moderation.actions.appeals import (
    ON_APPEAL,
    ON_PEOPLE,
    appealable,
    hear_decisions,
    make_appeal,
    may_be_heard,
    rights_to_accept,
)
from discuss.moderation.actions.cases import (
    decide_case,
    let_case_go,
    reopen_case,
    take_case,
)
from discuss.moderation.actions.filters import (
    change_filter,
    delete_filter,
    make_filter,
    switch_filter,
)
from discuss.moderation.actions.long_steps import finish_long_acts, take_long_steps
from discuss.moderation.actions.networks import block_network, unblock_network
from discuss.moderation.actions.on_cases import ON_CASE, acts_offered
from discuss.moderation.actions.performing import perform_act
from discuss.moderation.actions.reports import (
    hear_answers,
    report_group,
    report_member,
    report_message,
)

__all__ = [
    "CASE",
    "LINE",
    "MEMBER",
    "NETWORK",
    "ON_APPEAL",
    "ON_CASE",
    "ON_PEOPLE",
    "PERSON",
    "ActKind",
    "Doing",
    "Why",
    "act",
    "acts",
    "acts_offered",
    "appealable",
    "block_network",
    "change_filter",
    "decide_case",
    "delete_filter",
    "finish_long_acts",
    "hear_answers",
    "hear_decisions",
    "let_case_go",
    "lines",
    "long_acts",
    "make_appeal",
    "make_filter",
    "may_be_heard",
    "members",
    "people",
    "perform_act",
    "reopen_case",
    "report_group",
    "report_member",
    "report_message",
    "rights_to_accept",
    "switch_filter",
    "take_case",
    "take_long_steps",
    "unblock_network",
]
