"""What is dead is not set aside with what lives: else it would be kept for ever."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from discuss.server.gc_tuning import FREEZE_EVERY, THAW_EACH, THAW_EVERY, THAW_UP_TO, Collector


class Cycle:
    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def collector() -> Iterator[Collector]:
    yield Collector()
    gc.unfreeze()
    gc.freeze()  # as tests/conftest.py has it


def test_a_cycle_that_died_old_is_freed_and_one_that_lives_is_set_aside(collector: Collector):
    living, dying = Cycle(), Cycle()
    alive, dead = weakref.ref(living), weakref.ref(dying)
    gc.collect()  # from here on both are old
    del dying
    frozen = gc.get_freeze_count()
    for _ in range(FREEZE_EVERY):
        collector.count()
    collector.tidy(open_sockets=0)
    assert dead() is None
    assert alive() is living
    assert gc.get_freeze_count() > frozen


def test_few_sockets_are_not_worth_it(collector: Collector):
    frozen = gc.get_freeze_count()
    for _ in range(FREEZE_EVERY - 1):
        collector.count()
    collector.tidy(open_sockets=0)
    # Of what is set aside already some may die.
    assert gc.get_freeze_count() <= frozen


def opens(collector: Collector, count: int, open_sockets: int) -> None:
    """Open so many sockets, FREEZE_EVERY in a second, of which only so many stay open."""
    for number in range(1, count + 1):
        collector.count()
        if number % FREEZE_EVERY == 0 or number == count:
            collector.tidy(open_sockets)


@pytest.mark.parametrize("open_sockets", [0, 2 * THAW_EVERY // THAW_EACH])
def test_a_cycle_that_died_where_it_was_set_aside_goes_too(collector: Collector, open_sockets: int):
    """As that of each request that is being answered then. With more pages it is looked for later."""
    cycle = Cycle()
    alive = weakref.ref(cycle)
    opens(collector, FREEZE_EVERY, open_sockets)
    del cycle
    thaw_at = max(THAW_EVERY, THAW_EACH * open_sockets)
    opens(collector, thaw_at - 2 * FREEZE_EVERY, open_sockets)
    assert alive() is not None
    opens(collector, FREEZE_EVERY, open_sockets)
    assert alive() is None


def test_with_very_many_pages_a_look_at_everything_waits_for_a_quieter_hour(collector: Collector):
    cycle = Cycle()
    alive = weakref.ref(cycle)
    many = THAW_UP_TO + 1
    opens(collector, FREEZE_EVERY, many)
    del cycle
    opens(collector, THAW_EACH * many + FREEZE_EVERY, many)
    assert alive() is not None
    opens(collector, FREEZE_EVERY, THAW_UP_TO)
    assert alive() is None
