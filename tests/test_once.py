"""What many pages need in one flush is made once; what is made is what the plain call returns."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from discuss.live.once import Once


class Adding:
    def __init__(self) -> None:
        self.made: list[tuple[int, int]] = []

    def add(self, one: int, other: int) -> int:
        self.made.append((one, other))
        return one + other

    def multiply(self, one: int, other: int) -> int:
        return one * other


def test_it_is_made_once_for_what_makes_it_and_what_that_is_given():
    once, one, other = Once(), Adding(), Adding()
    for _ in range(2):
        for made in (one, other):
            assert once(made.add, 1, 2) == 3
            assert once(made.add, 2, 1) == 3
            assert once(made.multiply, 2, 1) == 2
    assert one.made == other.made == [(1, 2), (2, 1)]
    assert Once()(one.add, 1, 2) == 3
    assert one.made == [(1, 2), (2, 1), (1, 2)]


def test_nothing_is_something_that_was_made():
    made: list[int] = []
    once = Once()
    for _ in range(2):
        assert once(made.append, 1) is None
    assert made == [1]


class Flush:
    def __init__(self) -> None:
        self.once = Once()

    def made(self) -> int:
        return self.once(self.make, 1)

    def make(self, number: int) -> int:
        return number


@pytest.fixture
def _without_collector() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("_without_collector")
def test_whoever_has_one_is_gone_with_the_last_reference():
    flush = Flush()
    assert flush.made() == 1
    alive = weakref.ref(flush)
    del flush
    assert alive() is None
