"""What is written becomes a network, what nobody means is refused, and an address is found in many."""

import ipaddress
import random

import pytest

from discuss.limits import source
from discuss.rules.networks import Blocked, Networks, holds, network_of, refuse_network, shown
from discuss.rules.refusals import Code, Refused


@pytest.mark.parametrize(
    ("written", "network"),
    [
        ("203.0.113.7", "203.0.113.7/32"),
        (" 203.0.113.7/24 ", "203.0.113.0/24"),
        ("203.0.113.0/255.255.255.0", "203.0.113.0/24"),
        # A lone IPv6 address changes within its customer's network.
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("[2001:DB8:1:2:3::4]", "2001:db8:1:2::/64"),
        ("2001:db8::1/128", "2001:db8::1/128"),
        ("2001:db8::1/48", "2001:db8::/48"),
        # IPv4 in IPv6 is IPv4: as such its people come.
        ("::ffff:203.0.113.7", "203.0.113.7/32"),
        ("::ffff:203.0.113.0/120", "203.0.113.0/24"),
    ],
)
def test_what_is_written_is_a_network(written: str, network: str):
    assert str(network_of(written)) == network


@pytest.mark.parametrize(
    "written",
    [
        "",
        "soup",
        "203.0.113",
        "203.0.113.7/33",
        "203.0.113.256",
        "fe80::1%eth0",
        "1.2.3.4, 5.6.7.8",
    ],
)
def test_what_is_none_is_refused(written: str):
    with pytest.raises(Refused) as refused:
        network_of(written)
    assert refused.value.code == Code.NO_NETWORK


def refusal(written: str, *, is_private_site: bool = False, is_sure: bool = False) -> Code | None:
    try:
        refuse_network(network_of(written), is_private_site=is_private_site, is_sure=is_sure)
    except Refused as refused:
        return Code(refused.code)
    return None


OTHERS = ("203.0.113.7", "203.0.0.0/16", "2001:db8::1", "2001:db8::/32", "100.128.0.0/16")
INSIDE = (
    "10.1.2.3",
    "172.16.0.0/16",
    "192.168.1.0/24",
    "100.64.0.1",
    "169.254.1.1",
    "fd12::1",
    "fe80::1",
    "::ffff:10.1.2.3",
)
NOBODYS = (
    "127.0.0.1",
    "127.1.0.0/16",
    "0.0.0.0",  # noqa: S104 - nobody listens there
    "::1",
    "::",
    "224.0.0.1",
    "255.255.255.255",
    "ff02::1",
)
# They hold some of these.
AROUND = ("0.0.0.0/0", "::/0", "8.0.0.0/6", "::ffff:0:0/90", "fc00::/6")


@pytest.mark.parametrize("written", OTHERS)
def test_others_networks_may_be_blocked(written: str):
    assert refusal(written) is None


@pytest.mark.parametrize("written", [*INSIDE, *NOBODYS, *AROUND])
def test_what_is_inside_and_what_holds_it_may_not(written: str):
    assert refusal(written, is_sure=True) == Code.NETWORK_NOT_PUBLIC


def test_a_site_on_a_private_network_blocks_addresses_of_it_and_never_its_own_machine():
    assert {refusal(each, is_private_site=True) for each in INSIDE} == {None}
    for each in NOBODYS:
        assert refusal(each, is_private_site=True, is_sure=True) == Code.NETWORK_NOT_PUBLIC


@pytest.mark.parametrize("written", ["203.0.0.0/15", "2001:d00::/31"])
def test_a_wide_one_takes_a_second_word(written: str):
    assert refusal(written) == Code.NETWORK_WIDE
    assert refusal(written, is_sure=True) is None


def test_how_many_addresses_a_wide_one_has_is_said():
    with pytest.raises(Refused, match="131,072 addresses"):
        refuse_network(network_of("203.0.0.0/15"), is_private_site=False, is_sure=False)


def blocks(*written: str, until: float | None = None) -> Networks:
    return Networks(
        Blocked(pk, ipaddress.ip_network(each), until) for pk, each in enumerate(written, 1)
    )


@pytest.mark.parametrize(
    ("address", "is_found"),
    [
        ("203.0.113.7", True),
        ("203.0.114.7", False),
        ("::ffff:203.0.113.7", True),
        ("::ffff:203.0.114.7", False),
        ("2001:db8:0:1::9", True),
        ("2001:db8:1::9", False),
        # The same numbers in the other version.
        ("::cb00:7107", False),
        ("", False),
        ("soup", False),
        ("203.0.113.7, 203.0.113.8", False),
    ],
)
def test_an_address_is_found_in_its_network(address: str, is_found: bool):
    networks = blocks("203.0.113.0/24", "2001:db8::/48")
    assert (networks.find(address, 0) is not None) == is_found


def test_a_block_ends_by_the_clock_alone():
    networks = blocks("203.0.113.0/24", until=100.0)
    assert networks.find("203.0.113.7", 99.9)
    assert networks.find("203.0.113.7", 100.0) is None


def test_a_wider_one_holds_on_where_a_narrower_one_has_ended():
    wide = Blocked(1, ipaddress.ip_network("203.0.0.0/16"), None)
    narrow = Blocked(2, ipaddress.ip_network("203.0.113.0/24"), 100.0)
    for order in ([wide, narrow], [narrow, wide]):
        assert Networks(order).find("203.0.113.7", 200.0) == wide


def test_what_is_found_is_what_a_plain_look_finds():
    """One look for each length of a prefix is for speed alone."""
    dice = random.Random(7)
    written = [
        ipaddress.ip_network((dice.getrandbits(32), dice.randint(8, 32)), strict=False)
        for _ in range(300)
    ] + [
        ipaddress.ip_network((dice.getrandbits(128), dice.randint(8, 128)), strict=False)
        for _ in range(300)
    ]
    networks = blocks(*map(str, written))
    masks = [(n.version, int(n.netmask), int(n.network_address)) for n in written]
    found = 0
    for number in range(1_000):
        near = int(dice.choice(written).network_address)
        for each in (
            ipaddress.IPv4Address((near ^ dice.getrandbits(20)) & 0xFFFF_FFFF),
            ipaddress.IPv6Address(near ^ dice.getrandbits(70)),
        ):
            plain = any(each.version == v and int(each) & mask == n for v, mask, n in masks)
            if each.version == 6 and each.ipv4_mapped:  # pragma: no cover
                continue
            assert (networks.find(str(each), 0) is not None) == plain
            # That takes a hundred times as long.
            if number % 10 == 0:
                assert plain == any(holds(n, str(each)) for n in written)
            found += plain
    assert 0 < found < 2_000


def test_an_address_that_counts_is_shown_as_what_may_be_blocked():
    for address, written in (
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
    ):
        assert shown(source(address)) == written
        assert network_of(shown(source(address))) == network_of(address)
