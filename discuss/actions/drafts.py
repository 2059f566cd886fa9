"""What people were writing when they left a page: kept for them alone, so it takes no number of the log."""

from collections.abc import Mapping, Sequence
from itertools import batched

from django.db import transaction

from discuss import doorbell
from discuss.models import KeptDraft, Membership
from discuss.rules.drafts import Drafts, Event, after, stored

# Drafts that one transaction writes.
AT_ONCE = 200


def keep_drafts(events: Mapping[int, Sequence[Event]]) -> None:
    """Keep what became of the drafts of these memberships; of none there is no row.

    Where nothing becomes other than it was nothing is written, so most messages that were sent cost no more
    than a look.
    """
    for some in batched(sorted(events), AT_ONCE):
        if _changed({pk: events[pk] for pk in some}):
            _write({pk: events[pk] for pk in some})


def _changed(events: Mapping[int, Sequence[Event]]) -> dict[int, tuple[Drafts, Drafts]]:
    """Return the drafts before and after of those memberships that have others now."""
    before = {row.pk: row.all for row in KeptDraft.objects.filter(membership__in=events)}
    both = {
        pk: (before.get(pk, ()), after(some, before.get(pk, ()))) for pk, some in events.items()
    }
    return {pk: (old, new) for pk, (old, new) in both.items() if old != new}


@transaction.atomic
def _write(events: Mapping[int, Sequence[Event]]) -> None:
    # Locked in the order in which marks are written, so that neither waits for the other for ever.
    # Whoever has left keeps no draft.
    memberships = Membership.objects.filter(pk__in=events).order_by("user_id", "group_id")
    locked = memberships.select_for_update(no_key=True)
    people = dict(locked.values_list("pk", "user_id"))
    # Once more, now that nobody else writes them.
    changed = {pk: both for pk, both in _changed(events).items() if pk in people}
    KeptDraft.objects.filter(pk__in=[pk for pk, (_, new) in changed.items() if not new]).delete()
    KeptDraft.objects.bulk_create(
        [
            KeptDraft(membership_id=pk, text=new[0].text, drafts=stored(new))
            for pk, (_, new) in changed.items()
            if new
        ],
        update_conflicts=True,
        unique_fields=["membership"],
        update_fields=["text", "drafts"],
    )
    for user_id in {people[pk] for pk, (old, new) in changed.items() if bool(old) != bool(new)}:
        doorbell.ring_draft(user_id)
