"""What is in the record besides acts of moderators: how it is called."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from discuss.rules.text import Text

# Each is written by the action that does it.
OTHERWISE: Mapping[str, Text] = {
    "filter": _("Caught by a filter"),
    "filter_made": _("Filter written"),
    "filter_changed": _("Filter changed"),
    "filter_on": _("Filter switched on"),
    "filter_off": _("Filter switched off"),
    "filter_deleted": _("Filter deleted"),
    "change_settings": _("Settings changed"),
    "hand_over": _("Group handed over"),
    "let_in": _("Let into the group by staff"),
    "close_account": _("Account closed"),
    "open_account": _("Account opened again"),
    "delete_account": _("Account deleted by staff"),
    "take_display_name": _("Display name taken away"),
    "make_site_moderator": _("Made a moderator of the site"),
    "take_site_moderators_rights": _("Moderator of the site no more"),
    "change_standing": _("Made staff or superuser, or no longer so"),
}
