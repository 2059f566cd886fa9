"""The rights of Django's by which staff act in any group."""

# The right to see all cases.
SEE_CASES = "discuss.view_case"
# The right that each verb of the table of roles takes; ACT for those that are not named.
ACT = "discuss.add_act"
_RIGHTS = {
    "hide": "discuss.delete_message",
    "restore": "discuss.delete_message",
    "hide_all": "discuss.delete_message",
    "erase": "discuss.erase_entry",
    "remove": "discuss.delete_membership",
    "ban": "discuss.close_user",
    # Whoever may close accounts may bar networks, and see who came from where.
    "block": "discuss.close_user",
    "admit": "discuss.close_user",
    "promote": "discuss.change_membership",
    "demote": "discuss.change_membership",
    "filter": "discuss.change_filter",
}


def right_of(verb: str) -> str:
    """Return the right that staff need for it."""
    return _RIGHTS.get(verb, ACT)
