"""Who may see the gallery: nothing in it is anybody's, yet it shows how the site is made."""

from typing import Any

# The right of Django's that staff need for it.
RIGHT = "discuss.view_design"
# And the one for the look of the site.
RIGHT_TO_TOKENS = "discuss.change_tokensheet"


def may_see_gallery(person: Any, *, is_debug: bool) -> bool:
    """Whether the gallery is there for this person: for staff with the right, and for all who work at it."""
    if not person.is_authenticated:
        return False
    return bool(is_debug or (person.is_staff and person.has_perm(RIGHT)))


def may_change_tokens(person: Any) -> bool:
    """Whether the person may give tokens values, for the whole site."""
    return bool(person.is_active and person.is_staff and person.has_perm(RIGHT_TO_TOKENS))
