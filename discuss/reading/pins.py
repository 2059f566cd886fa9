"""What is pinned in a group."""

from django.db.models import F

from discuss.db.compiled import Compiled
from discuss.models import Entry
from discuss.models.entries import EntryQuerySet

# Messages that may be pinned in a group at a time.
MOST_PINS = 50


def pins_of(group_id: int) -> EntryQuerySet:
    """The pinned messages of a group that nobody has removed, the latest pinned first."""
    # The index has these rows alone (pinned_lines).
    pinned: EntryQuerySet = Entry.objects.filter(group=group_id, pin__gt=0, hidden_at=None)
    return pinned.order_by("-pin")


@Compiled
def _pins_shown(group_id: int) -> EntryQuerySet:
    shown = pins_of(group_id).select_related("author")
    return shown.annotate(group_uuid=F("group__uuid"))  # type: ignore[no-redef]


def read_pins(group_id: int) -> list[Entry]:
    """Return what the list of pinned messages shows: the messages with their authors and addresses."""
    return _pins_shown.rows(group_id, limit=MOST_PINS)
