"""Messages that wait for a moderator: one's own, and those that one decides about."""

from collections import Counter, defaultdict
from collections.abc import Collection
from typing import NamedTuple

from django.db.models import Count

from discuss.models import Held


class Waiting(NamedTuple):
    """A message of one's own that nobody else sees; `is_discarded` once a moderator has decided so."""

    pk: int
    text: str
    is_discarded: bool


class HeldHere(NamedTuple):
    """What the page of a group tells a person: what of theirs waits, and how many wait for them to decide."""

    waiting: tuple[Waiting, ...] = ()
    to_decide: int = 0


NOTHING_HELD = HeldHere()


def read_waiting(
    user_ids: Collection[int], group_ids: Collection[int]
) -> dict[tuple[int, int], tuple[Waiting, ...]]:
    """Return what of these people waits in these groups, by person and group, the oldest first."""
    found: defaultdict[tuple[int, int], list[Waiting]] = defaultdict(list)
    rows = Held.objects.filter(user__in=user_ids, group__in=group_ids).order_by("pk")
    for user_id, group_id, pk, text, discarded_at in rows.values_list(
        "user", "group", "pk", "text", "discarded_at"
    ):
        found[user_id, group_id].append(Waiting(pk, text, discarded_at is not None))
    return {place: tuple(waiting) for place, waiting in found.items()}


def count_held(group_ids: Collection[int]) -> Counter[int]:
    """Return how many messages wait in each of these groups."""
    waiting = Held.objects.waiting().filter(group__in=group_ids).values("group")
    counted = waiting.annotate(count=Count("pk")).values_list("group", "count")
    return Counter(dict(counted))


def read_to_decide(group_id: int) -> list[Held]:
    """Return what waits in the group, the oldest first, each with its author."""
    return list(
        Held.objects.waiting().filter(group=group_id).select_related("user").order_by("pk")[:100]
    )
