"""What it costs to ask whether an address is blocked, among 10,000 networks: python -m bench.addresses

It needs no server and no database. All of it is computing time, the best of several tries.
"""

import ipaddress
import random
import time
import tracemalloc

from discuss.rules import networks
from discuss.rules.networks import Blocked, Networks

MANY = 10_000
LOOKS = 20_000
TRIES = 5
DICE = random.Random(1)


def main() -> None:
    """Print what a look takes where nothing is blocked, and among many networks, of few and all lengths."""
    addresses = [*(v4() for _ in range(LOOKS // 2)), *(v6() for _ in range(LOOKS // 2))]
    few: tuple[list[int], list[int]] = ([16, 24, 32], [48, 64])
    all_lengths = (list(range(8, 33)), list(range(20, 129)))
    print(f"{'':32}  first look  again   (microseconds)")
    for name, many, lengths in (
        ("nothing blocked", 0, few),
        (f"{MANY:,}, of 5 lengths of prefixes", MANY, few),
        (f"{MANY:,}, of all lengths", MANY, all_lengths),
    ):
        blocked = [Blocked(n, network(lengths), None if n % 2 else 4e9) for n in range(many)]
        tracemalloc.start()
        began = time.perf_counter()
        ready = Networks(blocked)
        made, (size, _) = time.perf_counter() - began, tracemalloc.get_traced_memory()
        tracemalloc.stop()
        first = microseconds(ready, addresses)
        again = microseconds(ready, addresses[: LOOKS // 20] * 20)
        print(f"{name:32}  {first:10.2f}  {again:5.2f}   made in {made:.3f} s, {size / 1e6:.1f} MB")


def network(lengths: tuple[list[int], list[int]]) -> networks.Network:
    is_old = DICE.random() < 0.7
    length = DICE.choice(lengths[not is_old])
    return ipaddress.ip_network((v4() if is_old else v6(), length), strict=False)


def v4() -> str:
    return str(ipaddress.IPv4Address(DICE.getrandbits(32)))


def v6() -> str:
    return str(ipaddress.IPv6Address(0x2001 << 112 | DICE.getrandbits(112)))


def microseconds(ready: Networks, addresses: list[str]) -> float:
    """Return the computing time of one look, the best of several tries."""
    times = []
    for _ in range(TRIES):
        networks._number_of.cache_clear()
        began = time.process_time()
        for each in addresses:
            ready.find(each, 0)
        times.append(time.process_time() - began)
    return min(times) / len(addresses) * 1e6


if __name__ == "__main__":
    main()
