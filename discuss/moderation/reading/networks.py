"""The blocked networks as their page lists them, and who came from the same address as somebody."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Q, Window
from django.db.models.functions import RowNumber

from discuss.models import BlockedNetwork, SeenAddress, User
from discuss.models.network import SeenAddressQuerySet
from discuss.reading.networks import known_networks
from discuss.rules import roles
from discuss.rules.networks import shown

# Networks on one page of the list, and people that are named of one address, the latest.
AT_ONCE, PEOPLE = 50, 20


class Listed(NamedTuple):
    rows: list[BlockedNetwork]
    before: int | None = None


class Other(NamedTuple):
    """Somebody else who came from the same address."""

    user: User
    seen_at: datetime


class Seen(NamedTuple):
    """An address that somebody came from: when last, who else did, and whether it is blocked."""

    address: str
    seen_at: datetime
    others: list[Other]
    more: int
    is_blocked: bool


def read_blocked(words: str = "", before: int | None = None) -> Listed:
    """Return the blocks in force, the latest first, of those older than `before`.

    Of words those whose networks begin like this.
    """
    blocked = BlockedNetwork.objects.in_force().select_related("by").order_by("-pk")
    if words:
        blocked = blocked.filter(network__startswith=words)
    if before is not None:
        blocked = blocked.filter(pk__lt=before)
    found = list(blocked[: AT_ONCE + 1])
    rows = found[:AT_ONCE]
    return Listed(rows, rows[-1].pk if len(found) > len(rows) else None)


def read_seen(user: User, viewer: User) -> list[Seen]:
    """Return where somebody came from lately, the latest first, in three statements.

    Staff see it of those whom they stand above: nobody else, and no names of others.
    """
    if roles.rank_relation(viewer, user) != roles.LOWER:
        return []
    own = list(SeenAddress.objects.kept().filter(user=user).order_by("-seen_at"))
    there = SeenAddress.objects.kept().filter(address__in=[seen.address for seen in own])
    there = there.exclude(user=user)
    if not viewer.is_superuser:
        there = there.exclude(Q(user__is_staff=True) | Q(user__is_superuser=True))
    counts = dict(there.values_list("address").annotate(Count("pk")))
    others = _latest(there)
    return [
        Seen(
            shown(seen.address),
            seen.seen_at,
            others[seen.address],
            counts.get(seen.address, 0) - len(others[seen.address]),
            known_networks.bars_sign_ups(seen.address) is not None,
        )
        for seen in own
    ]


def _latest(there: SeenAddressQuerySet) -> Mapping[str, list[Other]]:
    """Return the latest who came from each address. Thousands may share one."""
    place = Window(RowNumber(), partition_by="address", order_by=("-seen_at", "-pk"))
    latest = there.annotate(place=place).filter(place__lte=PEOPLE)
    others: defaultdict[str, list[Other]] = defaultdict(list)
    for seen in latest.select_related("user__held_sign_up").order_by("address", "place"):
        others[seen.address].append(Other(seen.user, seen.seen_at))
    return others
