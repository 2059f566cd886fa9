"""What is dead is not set aside with what lives: else it would be kept for ever."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from discuss.live.server.collector import FREEZE_EVERY, Collector


class Cycle:
    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def collector() -> Iterator[Collector]:
    yield Collector()
    gc.unfreeze()


def test_a_cycle_that_died_old_is_freed_and_one_that_lives_is_set_aside(collector: Collector):
    living, dying = Cycle(), Cycle()
    alive, dead = weakref.ref(living), weakref.ref(dying)
    gc.collect()  # from here on both are old
    del dying
    frozen = gc.get_freeze_count()
    for _ in range(FREEZE_EVERY):
        collector.count()
    collector.tidy()
    assert dead() is None
    assert alive() is living
    assert gc.get_freeze_count() > frozen


def test_few_sockets_are_not_worth_it(collector: Collector):
    frozen = gc.get_freeze_count()
    for _ in range(FREEZE_EVERY - 1):
        collector.count()
    collector.tidy()
    assert gc.get_freeze_count() == frozen
