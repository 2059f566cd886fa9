"""What people can do: one function per verb. Every change that others can see is made here."""

from discuss.actions.bans import end_ban_if_over, end_bans
from discuss.actions.bookmarks import save_message, unsave_message
from discuss.actions.deletions import finish_deletions, take_steps
from discuss.actions.drafts import keep_drafts
from discuss.actions.filtering import has_filter_hits, write_filter_hits
from discuss.actions.group_settings import change_group_settings
from discuss.actions.groups import change_group, create_group, delete_group
from discuss.actions.held import approve_held, discard_held, withdraw_held
from discuss.actions.indexing import index_anew, index_new, index_old, index_pending
from discuss.actions.invitations import (
    accept_invitation,
    make_invitation,
    revoke_invitation,
)
from discuss.actions.memberships import (
    change_level,
    hand_over,
    join_group,
    leave_from_lobby,
    leave_group,
    let_in,
    mark_read,
    mark_unread,
    remove_member,
)
from discuss.actions.messages import edit_message, hide_message
from discuss.actions.namings import change_display_name, take_display_name
from discuss.actions.outcomes import AGAIN, Draft, Outcome, Stored, Undecided, Waiting, new_nonce
from discuss.actions.people import (
    announce_account,
    announce_standing,
    change_settings,
    close_account,
    delete_user,
    log_everyone_out,
    make_first_admin,
    open_account,
    record_account,
)
from discuss.actions.pins import pin_message, unpin_message
from discuss.actions.posting import post_message, post_messages, send_message
from discuss.actions.presence import beat, forget_process, show_presence
from discuss.actions.reactions import react, unreact
from discuss.actions.renderings import render_anew, renew_events
from discuss.actions.searches import forget_searches, remember_search
from discuss.actions.site import change_site
from discuss.actions.site_moderators import (
    make_site_moderator,
    record_standing,
    take_site_moderators_rights,
)
from discuss.actions.token_sheet import change_token_sheet, take_back_token_sheet
from discuss.actions.warnings import acknowledge
from discuss.rules.refusals import Code, Refused

__all__ = [
    "AGAIN",
    "Code",
    "Draft",
    "Outcome",
    "Refused",
    "Stored",
    "Undecided",
    "Waiting",
    "accept_invitation",
    "acknowledge",
    "announce_account",
    "announce_standing",
    "approve_held",
    "beat",
    "change_display_name",
    "change_group",
    "change_group_settings",
    "change_level",
    "change_settings",
    "change_site",
    "change_token_sheet",
    "close_account",
    "create_group",
    "delete_group",
    "delete_user",
    "discard_held",
    "edit_message",
    "end_ban_if_over",
    "end_bans",
    "finish_deletions",
    "forget_process",
    "forget_searches",
    "hand_over",
    "has_filter_hits",
    "hide_message",
    "index_anew",
    "index_new",
    "index_old",
    "index_pending",
    "join_group",
    "keep_drafts",
    "leave_from_lobby",
    "leave_group",
    "let_in",
    "log_everyone_out",
    "make_first_admin",
    "make_invitation",
    "make_site_moderator",
    "mark_read",
    "mark_unread",
    "new_nonce",
    "open_account",
    "pin_message",
    "post_message",
    "post_messages",
    "react",
    "record_account",
    "record_standing",
    "remember_search",
    "remove_member",
    "render_anew",
    "renew_events",
    "revoke_invitation",
    "save_message",
    "send_message",
    "show_presence",
    "take_back_token_sheet",
    "take_display_name",
    "take_site_moderators_rights",
    "take_steps",
    "unpin_message",
    "unreact",
    "unsave_message",
    "withdraw_held",
    "write_filter_hits",
]
