"""Which rows of the record are told to whom."""

from django.utils.translation import gettext_lazy as _

# What tells that there is a case, and so that somebody was reported: it is for those who may see the case.
OF_CASES = frozenset({"dismiss", "settle", "reopen", "accept_appeal", "refuse_appeal", "filter"})
# What members of a group read where its owners want that. By those in NAMED others miss somebody, and wonder;
# so they read whom it was done to, too.
NAMED = frozenset({"time_out", "end_time_out", "remove", "let_in_again", "bar", "end_bar"})
PUBLIC = NAMED | {"hide", "restore", "hide_all", "show_all", "warn", "take_warning_back"}
# How members are told of what its own words tell of somebody who is named beside them.
UNNAMED = {
    "hide_all": _("Messages of one person hidden"),
    "show_all": _("Messages of one person shown again"),
}
# What somebody is told that was done to them, besides acts on messages and people.
TO_PEOPLE = frozenset(
    {
        "hand_over",
        "let_in",
        "close_account",
        "open_account",
        "take_display_name",
        "make_site_moderator",
        "take_site_moderators_rights",
    }
)
# Filters as they are written: what they look for is their owners' and the staff's to know.
OF_FILTERS = frozenset(
    {"filter_made", "filter_changed", "filter_on", "filter_off", "filter_deleted"}
)
