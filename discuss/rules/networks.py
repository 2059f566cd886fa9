"""Addresses and networks: what is written becomes a network, and whether an address is in one of many."""

import ipaddress
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from discuss.rules.refusals import Code, Refused

type Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Of IPv6 one customer has a network of 64 bits (RFC 6177).
CUSTOMER = 64
# What is wider needs a second word.
WIDEST = {4: 16, 6: 32}
# Nobody comes from these: a machine's own addresses, those of groups, and those that stand for others.
NOBODYS = tuple(
    map(
        ipaddress.ip_network,
        ("0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4", "::/80", "ff00::/8"),
    )
)
# From these come people of the same house, and what a proxy passes on under its own address (RFC 1918, RFC
# 3927, RFC 4193, RFC 4291, RFC 6598).
PRIVATE = tuple(
    map(
        ipaddress.ip_network,
        (
            *("10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"),
            *("fc00::/7", "fe80::/10"),
        ),
    )
)
_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")


class Bars(TextChoices):
    """What nobody does from a network that is blocked."""

    SIGN_UPS = "sign-ups", _("No new accounts")
    ENTRANCE = "entrance", _("No entrance at all")


def network_of(text: str) -> Network:
    """Return the network that somebody wrote; a lone address is one, too. Raises Refused.

    A lone IPv6 address stands for its customer's network. An IPv4 address in an IPv6 one is itself.
    """
    written = text.strip()
    address = written.removeprefix("[").removesuffix("]")
    if "%" in address:
        raise Refused(Code.NO_NETWORK)
    try:
        network = ipaddress.ip_network(address, strict=False)
    except ValueError:
        raise Refused(Code.NO_NETWORK) from None
    if isinstance(network, ipaddress.IPv4Network):
        return network
    if network.subnet_of(_MAPPED):
        first = int(network.network_address) & 0xFFFF_FFFF
        return ipaddress.IPv4Network((first, network.prefixlen - _MAPPED.prefixlen))
    return network if "/" in address else network.supernet(new_prefix=CUSTOMER)


def shown(address: str) -> str:
    """Return how an address is written for which others count (discuss.limits.source): of IPv6 its /64."""
    return f"{address}/{CUSTOMER}" if ":" in address else address


def refuse_network(network: Network, *, is_private_site: bool, is_sure: bool) -> None:
    """Refuse a network that nobody means: Refused says why. `is_sure` lets a wide one through."""
    kept = NOBODYS if is_private_site else (*NOBODYS, *PRIVATE)
    if any(network.version == each.version and network.overlaps(each) for each in kept):
        raise Refused(Code.NETWORK_NOT_PUBLIC)
    if network.prefixlen < WIDEST[network.version] and not is_sure:
        raise Refused(Code.NETWORK_WIDE, count=f"{network.num_addresses:,}")


def holds(network: Network, address: str) -> bool:
    """Whether the address is one of the network's."""
    found = _number_of(address)
    if found is None or found[0] != network.version:
        return False
    return found[1] >> (network.max_prefixlen - network.prefixlen) == _prefix(network)


def touches(network: Network, address: str) -> bool:
    """Whether a network holds the address, or a part of the customer's network where that is.

    Of IPv6 addresses no more is kept than that (discuss.limits.source).
    """
    is_part = network.version == 6 and network.prefixlen > CUSTOMER
    return holds(network.supernet(new_prefix=CUSTOMER) if is_part else network, address)


class Blocked(NamedTuple):
    """A network that is blocked, until then (a time of the clock, in seconds), or for good."""

    pk: int
    network: Network
    until: float | None


class Networks:
    """Many networks, in which an address is found by one look for each length of a prefix there is."""

    def __init__(self, blocked: Iterable[Blocked]) -> None:
        tables: dict[tuple[int, int], dict[int, Blocked]] = {}
        for each in blocked:
            shift = each.network.max_prefixlen - each.network.prefixlen
            tables.setdefault((each.network.version, shift), {})[_prefix(each.network)] = each
        self._tables = {
            version: [(shift, table) for (of, shift), table in tables.items() if of == version]
            for version in {version for version, _ in tables}
        }

    def find(self, address: str, now: float) -> Blocked | None:
        """Return a network in which the address is and which is blocked now."""
        if not self._tables or (found := _number_of(address)) is None:
            return None
        return next(self._in_force(*found, now), None)

    def _in_force(self, version: int, number: int, now: float) -> Iterator[Blocked]:
        for shift, table in self._tables.get(version, ()):
            each = table.get(number >> shift)
            if each is not None and (each.until is None or each.until > now):
                yield each


def _prefix(network: Network) -> int:
    return int(network.network_address) >> (network.max_prefixlen - network.prefixlen)


@lru_cache(maxsize=10_000)
def _number_of(address: str) -> tuple[int, int] | None:
    """Return the version and the number of an address; None of what is none, as over a unix socket."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return None
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    return parsed.version, int(parsed)
