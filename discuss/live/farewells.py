"""What somebody is told who is no member of a group, or no longer one."""

from django.utils.translation import gettext_lazy as _

from discuss.models import Entry, Kind
from discuss.rules.refusals import Code
from discuss.rules.text import Text

REMOVED = _("You were removed from this group.")
LEFT = _("You have left this group.")


def not_admitted(*, is_open: bool) -> Text:
    """Return what who is no member is told; where not anybody may find the group, there is none."""
    return Code.NOT_A_MEMBER.label if is_open else Code.GONE.label


def no_longer_admitted(event: Entry | None, *, is_open: bool) -> Text:
    """Return what who was a member is told, after the event that ended it, where that is known."""
    if event is None:
        return not_admitted(is_open=is_open)
    return LEFT if event.kind == Kind.LEFT else REMOVED
