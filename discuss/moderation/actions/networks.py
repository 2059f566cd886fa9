"""Blocking a network of addresses, and taking that back: moderators of the site alone."""

from functools import partial

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from discuss import doorbell
from discuss.actions.change import require
from discuss.actions.ranks import refuse_outranked
from discuss.actions.record import write_act
from discuss.models import Act, BlockedNetwork, SeenAddress, User
from discuss.models.network import BlockedNetworkQuerySet
from discuss.moderation.actions.acts import NETWORK, Doing, Why, act
from discuss.moderation.rules.ranks import right_of
from discuss.reading.networks import known_networks
from discuss.rules import roles
from discuss.rules.networks import Bars, Network, refuse_network, touches
from discuss.rules.refusals import Code, Refused

BLOCK, UNBLOCK = "block_network", "unblock_network"
# Each process keeps them ready in memory.
MOST = 10_000


@act(
    BLOCK,
    of=NETWORK,
    label=_("Block a network"),
    done=_("Network blocked"),
    right="block",
    undone_by=UNBLOCK,
    lasts=True,
)
@act(
    UNBLOCK,
    of=NETWORK,
    label=_("Take the block back"),
    done=_("Network not blocked any more"),
    right="block",
    undoes=BLOCK,
)
def on_network(doing: Doing) -> None:
    """It is done by an action of its own, as it is done to nobody (block_network, unblock_network)."""
    raise NotImplementedError


def block_network(
    actor: User,
    *,
    network: Network,
    bars: str,
    why: Why,
    here: str = "",
    is_sure: bool = False,
) -> Act | None:
    """Let nobody sign up, or come in at all, from a network. Raises Refused.

    `here` is where the actor comes from, and `is_sure` says that a wide network is meant. Whatever stood for
    the same network stands no more. Returns its row of the record, or None where all of it is so already.
    """
    with transaction.atomic():
        staff = _admitted(actor)
        _refuse_network(staff, network, bars, here=here, is_sure=is_sure)
        before = _locked(network).first()
        if before is not None and (before.bars, before.until) == (bars, why.until):
            return None
        if before is not None:
            _refuse_outranked(staff, before)
            before.delete()
        if BlockedNetwork.objects.count() >= MOST:
            raise Refused(Code.MANY_NETWORKS)
        done = _recorded(BLOCK, staff, network, bars, why, before=before)
        hits = before.hits if before else 0
        said = {"reason": why.reason, "note": why.note, "until": why.until}
        _write(network, bars=bars, by=staff, hits=hits, act_id=done.pk, **said)
        return done


def unblock_network(actor: User, *, network: Network, why: Why) -> Act | None:
    """Let people in from there again; None where it was not blocked. Raises Refused."""
    with transaction.atomic():
        staff = _admitted(actor)
        blocked = _locked(network).first()
        if blocked is None:
            return None
        _refuse_outranked(staff, blocked)
        blocked.delete()
        return _recorded(UNBLOCK, staff, network, blocked.bars, why, undoes_id=blocked.act_id)


def _admitted(actor: User) -> User:
    staff = User.objects.filter(pk=actor.pk, is_active=True, is_staff=True).first()
    if staff is None or not staff.has_perm(right_of("block")):
        raise Refused(Code.STAFF_ONLY)
    require("block", roles.STAFF, code=Code.STAFF_ONLY)
    return staff


def _refuse_network(staff: User, network: Network, bars: str, *, here: str, is_sure: bool) -> None:
    refuse_network(network, is_private_site=settings.PRIVATE_NETWORK, is_sure=is_sure)
    # A proxy that does not say who asks is everybody's address, and so the actor's too.
    own = SeenAddress.objects.kept().filter(user=staff).values_list("address", flat=True)
    if any(touches(network, address) for address in (here, *own)):
        raise Refused(Code.NETWORK_OWN)
    if bars != Bars.ENTRANCE:
        return
    # Nobody shuts out whom they could not ban.
    of_staff = SeenAddress.objects.kept().filter(user__is_staff=True, user__is_active=True)
    for seen in of_staff.exclude(user=staff).select_related("user"):
        is_lower = roles.rank_relation(staff, seen.user) == roles.LOWER
        if not is_lower and touches(network, seen.address):
            raise Refused(Code.NETWORK_OF_STAFF)


def _refuse_outranked(staff: User, blocked: BlockedNetwork) -> None:
    """Refuse whoever takes back what somebody of a higher rank did, and has not ended. Raises Refused."""
    if blocked.until is None or blocked.until > timezone.now():
        refuse_outranked(staff, Act.objects.filter(pk=blocked.act_id or 0))


def _locked(network: Network) -> BlockedNetworkQuerySet:
    return BlockedNetwork.objects.select_for_update().filter(network=str(network))


def _write(network: Network, **values: object) -> None:
    try:
        with transaction.atomic():
            BlockedNetwork.objects.create(network=str(network), **values)
    except IntegrityError:
        raise Refused(Code.NETWORK_CHANGED) from None


def _recorded(
    kind: str,
    staff: User,
    network: Network,
    bars: str,
    why: Why,
    *,
    before: BlockedNetwork | None = None,
    undoes_id: int | None = None,
) -> Act:
    # Whoever did it finds it on their next page, which may be here sooner than the bell.
    transaction.on_commit(partial(known_networks.renew))
    doorbell.ring_networks()
    told = {"network": str(network), "bars": bars}
    if kind == UNBLOCK:
        details = {"before": told}
    elif before is None:
        details = {"after": told}
    else:
        # Of which network it was is told by what is now.
        details = {"before": {"bars": before.bars}, "after": told}
    return write_act(
        kind,
        actor=staff,
        reason=why.reason,
        note=why.note,
        until=why.until,
        undoes_id=undoes_id,
        details=details,
    )
