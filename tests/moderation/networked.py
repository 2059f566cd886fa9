"""Networks for tests: blocked as moderators of the site do it."""

from typing import Any

from discuss.models import Act, User
from discuss.moderation.actions import Why, block_network, unblock_network
from discuss.reading.networks import known_networks
from discuss.rules.networks import Bars, network_of
from tests.moderation.ruled import staff


def moderator() -> User:
    """Return sam, who may block networks."""
    sam = User.objects.filter(username="sam").first()
    return sam or staff("close_user", "view_case", "add_act", "view_user")


def block(
    network: str,
    bars: str = Bars.SIGN_UPS,
    *,
    by: User | None = None,
    here: str = "",
    is_sure: bool = False,
    **why: Any,
) -> Act | None:
    """Block a network, and have this process know it."""
    done = block_network(
        by or moderator(),
        network=network_of(network),
        bars=bars,
        why=Why(**why),
        here=here,
        is_sure=is_sure,
    )
    # As on commit, which many tests never come to.
    known_networks.renew()
    return done


def unblock(network: str, *, by: User | None = None) -> Act | None:
    done = unblock_network(by or moderator(), network=network_of(network), why=Why())
    known_networks.renew()
    return done
