"""What a person saved, as they may still see it."""

from dataclasses import dataclass

from django.db.models import F

from discuss.models import Bookmark, Entry, Membership

# Messages on one page of what a person saved.
SAVED_AT_ONCE = 50


@dataclass(frozen=True)
class Saved:
    """Some of what a person saved, the latest saved first; where there is more, `before` leads to it."""

    entries: list[Entry]
    before: int | None = None


def read_saved(user_id: int, *, before: int | None = None) -> Saved:
    """Return what a person saved in the groups that they are in, of those bookmarks older than `before`.

    What was removed keeps its place. Of a group that they left nothing is there, until they come back.
    """
    groups = Membership.objects.standing().filter(user=user_id, group__is_deleted=False)
    own = Bookmark.objects.filter(user=user_id, entry__group__in=groups.values("group"))
    if before is not None:
        own = own.filter(pk__lt=before)
    pks = list(own.order_by("-pk").values_list("pk", "entry")[: SAVED_AT_ONCE + 1])
    shown = pks[:SAVED_AT_ONCE]
    entries = Entry.objects.select_related("author", "group")
    entries = entries.annotate(group_uuid=F("group__uuid"))  # type: ignore[no-redef]
    found = entries.in_bulk([entry for _, entry in shown])
    return Saved(
        [found[entry] for _, entry in shown if entry in found],
        shown[-1][0] if len(pks) > len(shown) else None,
    )


def is_saved(user_id: int, entry: Entry) -> bool:
    return Bookmark.objects.filter(user=user_id, entry=entry).exists()
