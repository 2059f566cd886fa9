"""What moderators of the site may do in the admin, by the names of Django's rights (docs/moderating.md)."""

# Django's group of permissions that they are in.
MODERATORS = "Moderators of the site"
RIGHTS = frozenset(
    {
        # To find what is wrong, and to understand it.
        "view_entry",
        "view_message",
        "view_event",
        "view_group",
        "view_membership",
        "view_user",
        "view_invitation",
        "view_act",
        "view_case",
        "view_filter",
        # To end it. None of these makes somebody more than they are.
        "delete_message",
        "delete_membership",
        "close_user",
        # What else there is to do to somebody in a group: a warning, a time-out, a bar.
        "add_act",
        "delete_invitation",
        # Filters of the whole site.
        "change_filter",
    }
)
