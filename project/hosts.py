"""Hosts as browsers and Django both read them: what only one of them takes would serve nobody."""

import re
from ipaddress import IPv4Address, IPv6Address

# What Django takes in a Host header (django.http.request.host_validation_re), in labels that fit DNS.
_NAME = re.compile(r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*")
# Browsers take a name that ends like this for an IPv4 address
# (https://url.spec.whatwg.org/#ends-in-a-number-checker).
_NUMBER_AT_THE_END = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)")
NOWHERE = "this address stands for all of a machine's own and is nowhere to be reached"
# Browsers open no page at these ports (https://fetch.spec.whatwg.org/#port-blocking).
# fmt: off
BLOCKED_PORTS = frozenset({
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101,
    102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389,
    427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636,
    989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665,
    6666, 6667, 6668, 6669, 6679, 6697, 10080,
})
# fmt: on


def canonical(host: str) -> str:
    """Return the host as browsers write it, an IPv6 address in brackets.

    `host` is the `hostname` of urlsplit(): in lower case, without brackets. Raises ValueError, which says
    what would do.
    """
    if ":" in host:
        return f"[{_ipv6(host)}]"
    if not host.isascii():
        raise ValueError(
            "write a name of other letters as browsers send it, like xn--bcher-kva.example"
        )
    if host.endswith("."):
        raise ValueError("leave out the dot at its end")
    if len(host) > 253 or not _NAME.fullmatch(host):
        raise ValueError("a host has letters, digits and hyphens, with dots between them")
    if _NUMBER_AT_THE_END.fullmatch(host):
        return _ipv4(host)
    return host


def _ipv4(host: str) -> str:
    # Browsers also read octal, hexadecimal and fewer parts (127.1), and send another host than was written.
    try:
        address = IPv4Address(host)
    except ValueError:
        raise ValueError("an address has four numbers, like 192.0.2.1") from None
    if address.is_unspecified:
        raise ValueError(NOWHERE)
    return str(address)


def _ipv6(host: str) -> str:
    try:
        address = IPv6Address(host)
    except ValueError:
        raise ValueError("an IPv6 address is like [2001:db8::1]") from None
    if address.scope_id is not None:
        raise ValueError("browsers take no zone in an address")
    if address.ipv4_mapped is not None:
        raise ValueError(f"write {address.ipv4_mapped}")
    if address.is_unspecified:
        raise ValueError(NOWHERE)
    return address.compressed
