"""What messages say by now that pages list, wherever they were said, and who may still read them."""

from collections.abc import Collection, Iterator, Mapping
from itertools import batched
from typing import NamedTuple

from django.db.models import F, Q

from discuss.models import Entry, Membership, Revision
from discuss.reading.log import read_heads

# What one statement asks for.
AT_ONCE = 500
# Earlier versions of a message that are shown, the latest.
REVISIONS = 50


class Changes(NamedTuple):
    """In which group each of these lines is, and its change by now; and how far groups were looked at."""

    groups: dict[int, int]
    changes: dict[int, int]
    heads: dict[int, int]


def read_changes(pks: Collection[int], cursors: Mapping[int, int]) -> Changes:
    """Look at these lines, and at those of these groups that changed after the group's cursor.

    Heads are read first, so what changed meanwhile is found the next time.
    """
    groups: dict[int, int] = {}
    for some in batched(pks, AT_ONCE):
        groups |= Entry.objects.filter(pk__in=some).values_list("pk", "group")
    heads = read_heads({*groups.values(), *cursors})
    changes: dict[int, int] = {}
    for some in batched(pks, AT_ONCE):
        changes |= Entry.objects.filter(pk__in=some).values_list("pk", "change")
    for begun in batched(cursors.items(), AT_ONCE // 10):
        after = Q(pk__in=[])
        for group_id, cursor in begun:
            after |= Q(group=group_id, change__gt=cursor)
        # What is new nobody shows yet.
        altered = Entry.objects.filter(after, position__lt=F("change"))
        changes |= altered.values_list("pk", "change")
    return Changes(groups, changes, heads)


class Said(NamedTuple):
    """Lines as they are now; the roles of people, by person and group; earlier versions of some lines."""

    lines: dict[int, Entry]
    roles: dict[tuple[int, int], str]
    revisions: dict[int, list[Revision]]


def read_said(
    pks: Collection[int],
    people: Collection[int],
    groups: Collection[int],
    versions: Collection[int],
) -> Said:
    """Read these lines, the earlier versions of some, and after that who may read what in these groups.

    So nobody is shown anything that was written after they were removed, whatever bell was lost.
    """
    lines: dict[int, Entry] = {}
    for some in batched(pks, AT_ONCE):
        lines |= {entry.pk: entry for entry in Entry.objects.for_display().filter(pk__in=some)}
    revisions = {pk: read_revisions(pk) for pk in versions}
    return Said(lines, dict(_read_roles(people, groups)), revisions)


def read_revisions(pk: int) -> list[Revision]:
    """Return what a message said before, the latest first."""
    return list(Revision.objects.filter(entry=pk).order_by("-pk")[:REVISIONS])


def _read_roles(
    people: Collection[int], groups: Collection[int]
) -> Iterator[tuple[tuple[int, int], str]]:
    standing = Membership.objects.standing().filter(group__is_deleted=False)
    for some in batched(people, AT_ONCE):
        for there in batched(groups, AT_ONCE):
            found = standing.filter(user__in=some, group__in=there)
            for user_id, group_id, role in found.values_list("user", "group", "role"):
                yield (user_id, group_id), role
