"""How many connections an address may open."""

from types import SimpleNamespace

import pytest

from discuss.limits import source
from discuss.server import Server, gate as module
from discuss.server.gate import CONNECTIONS_A_SECOND, CONNECTIONS_AT_ONCE, Gate


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr(module, "monotonic", lambda: now[0])
    return now


def test_so_many_at_once_and_then_so_many_a_second(clock: list[float]):
    gate = Gate()
    tries = 2 * CONNECTIONS_AT_ONCE
    at_once = sum(gate.lets_in("192.0.2.1") for _ in range(tries))
    clock[0] += 2
    later = sum(gate.lets_in("192.0.2.1") for _ in range(tries))
    # Sums of hundredths of a second may be off by one.
    assert at_once == pytest.approx(CONNECTIONS_AT_ONCE, abs=1)
    assert later == pytest.approx(2 * CONNECTIONS_A_SECOND, abs=1)
    assert gate.lets_in("192.0.2.2")


def test_what_is_charged_counts_as_connections_and_never_for_longer(clock: list[float]):
    gate = Gate()
    gate.charge("192.0.2.1", CONNECTIONS_AT_ONCE - 10)
    assert sum(gate.lets_in("192.0.2.1") for _ in range(30)) == pytest.approx(10, abs=1)
    gate.charge("192.0.2.1", 100 * CONNECTIONS_AT_ONCE)
    clock[0] += 1
    later = sum(gate.lets_in("192.0.2.1") for _ in range(2 * CONNECTIONS_A_SECOND))
    assert later == pytest.approx(CONNECTIONS_A_SECOND, abs=1)


def test_an_address_that_may_open_all_again_is_forgotten(clock: list[float], monkeypatch):
    monkeypatch.setattr(module, "KEPT", 10)
    gate = Gate()
    for number in range(10):
        gate.lets_in(f"192.0.2.{number}")
    clock[0] += 1
    for number in range(20, 22):
        gate.lets_in(f"192.0.2.{number}")
    assert len(gate._free_at) == 2


def test_an_address_counts_for_whom_it_stands_for():
    server = Server(None, host="127.0.0.1", port=1, source=source)
    build = server._gated(lambda address: address, Gate())
    network = [SimpleNamespace(host=f"2001:db8::{number:x}") for number in range(2000)]
    assert sum(build(address) is not None for address in network) < 1500
    assert build(SimpleNamespace(host="2001:db8:0:1::1")) is not None
