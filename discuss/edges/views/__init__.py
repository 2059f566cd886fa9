"""The HTTP edge: first pages, and the same verbs as over the socket for browsers without JavaScript."""

from discuss.edges.views.acting import csrf_failure, post, view_of
from discuss.edges.views.favicon import favicon
from discuss.edges.views.first_admin import first_admin
from discuss.edges.views.group import group, log
from discuss.edges.views.held import held
from discuss.edges.views.invitations import invitation, invitation_code, invitations
from discuss.edges.views.lines import (
    editing,
    history,
    line,
    line_menu,
    reactions,
    replies,
    replying,
)
from discuss.edges.views.live import at_hand, live_group, live_listed, live_lobby
from discuss.edges.views.lobby import lobby, new_group
from discuss.edges.views.mentions import mentions, names
from discuss.edges.views.owners import close_group, group_settings, hand_over
from discuss.edges.views.saved import saved
from discuss.edges.views.search import forget_searches, search
from discuss.edges.views.token_sheet import token_sheet

__all__ = [
    "at_hand",
    "close_group",
    "csrf_failure",
    "editing",
    "favicon",
    "first_admin",
    "forget_searches",
    "group",
    "group_settings",
    "hand_over",
    "held",
    "history",
    "invitation",
    "invitation_code",
    "invitations",
    "line",
    "line_menu",
    "live_group",
    "live_listed",
    "live_lobby",
    "lobby",
    "log",
    "mentions",
    "names",
    "new_group",
    "post",
    "reactions",
    "replies",
    "replying",
    "saved",
    "search",
    "token_sheet",
    "view_of",
]
