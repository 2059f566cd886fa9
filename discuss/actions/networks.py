"""Blocked networks at work: how often each has refused somebody, and where people came from."""

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from discuss.actions.tally import Tally
from discuss.limits import source
from discuss.models import BlockedNetwork, SeenAddress, User
from discuss.rules.networks import Blocked, network_of
from discuss.rules.refusals import Refused

# Addresses that are kept of one person, the latest.
MOST_SEEN = 20


def note_address(user: User, address: str) -> None:
    """Note that somebody signed up or logged in from there, as long as the site keeps it at all."""
    if not settings.ADDRESSES_KEPT:
        return
    try:
        network_of(address)
    except Refused:
        return  # none, as over a unix socket without a proxy's header
    now = timezone.now()
    with transaction.atomic():
        seen, is_new = SeenAddress.objects.get_or_create(
            user=user, address=source(address), defaults={"seen_at": now}
        )
        if not is_new:
            SeenAddress.objects.filter(pk=seen.pk).update(seen_at=now)
            return
        own = SeenAddress.objects.filter(user=user).order_by("-seen_at", "-pk")
        if old := list(own.values_list("pk", flat=True)[MOST_SEEN:]):
            SeenAddress.objects.filter(pk__in=old).delete()


def clear_seen(most: int) -> int:
    """Delete up to so many addresses that are kept no longer, and return how many."""
    over = SeenAddress.objects.over().values("pk")[:most]
    return SeenAddress.objects.filter(pk__in=over).delete()[0]


def clear_ended(most: int) -> int:
    """Delete up to so many blocks that have ended, and return how many. Nobody waits for it."""
    over = BlockedNetwork.objects.over().values("pk")[:most]
    return BlockedNetwork.objects.filter(pk__in=over).delete()[0]


# --- hits ---------------------------------------------------------------------------------------------

# How often each block has refused somebody and it is not written yet.
_hits = Tally()


def count_barred(block: Blocked) -> None:
    """Count that a block has refused somebody."""
    _hits.add([block.pk])


def has_barred() -> bool:
    """Whether there is something to write."""
    return bool(_hits)


def write_barred() -> None:
    """Write how often each block has refused somebody since the last time."""
    with _hits.taken() as counted, transaction.atomic():
        for pk, count in counted:
            BlockedNetwork.objects.filter(pk=pk).update(hits=F("hits") + count)
