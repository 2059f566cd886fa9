"""What people were writing when they left a page: kept for them alone, so it takes no number of the log."""

from collections.abc import Mapping
from itertools import batched

from django.db import transaction

from discuss.models import KeptDraft, Membership

# Drafts that one transaction writes.
AT_ONCE = 200


def keep_drafts(texts: Mapping[int, str]) -> None:
    """Keep what stands in the composers of these memberships; an empty text takes away what is kept.

    What is kept already is not written again, so most messages that were sent cost no more than a look.
    """
    for some in batched(sorted(texts), AT_ONCE):
        known = KeptDraft.objects.filter(membership__in=some).values_list("membership_id", "text")
        kept = dict(known)
        changed = {pk: texts[pk] for pk in some if texts[pk] != kept.get(pk, "")}
        if changed:
            _write(changed)


def _write(texts: Mapping[int, str]) -> None:
    with transaction.atomic():
        KeptDraft.objects.filter(pk__in=[pk for pk, text in texts.items() if not text]).delete()
        written = Membership.objects.filter(pk__in=[pk for pk, text in texts.items() if text])
        # Locked in the order in which marks are written, so that neither waits for the other for ever.
        # Whoever has left keeps no draft.
        standing = written.order_by("user_id", "group_id").select_for_update(no_key=True)
        KeptDraft.objects.bulk_create(
            [
                KeptDraft(membership_id=pk, text=texts[pk])
                for pk in standing.values_list("pk", flat=True)
            ],
            update_conflicts=True,
            unique_fields=["membership"],
            update_fields=["text"],
        )
