"""Counting in this process what is written later, and many times at once."""

import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager


class Tally:
    """How often each row was met since it was last written, by its key. Any thread may count."""

    def __init__(self) -> None:
        self._counts: Counter[int] = Counter()
        self._lock = threading.Lock()

    def __bool__(self) -> bool:
        """Whether there is something to write."""
        return bool(self._counts)

    def add(self, pks: Iterable[int]) -> None:
        """Count these once each."""
        with self._lock:
            self._counts.update(pks)

    def forget(self) -> None:
        """Count from nothing again, as a test does."""
        with self._lock:
            self._counts.clear()

    @contextmanager
    def taken(self) -> Iterator[list[tuple[int, int]]]:
        """Yield each key with its count, to be written inside; what could not be is counted again.

        They are in order, so that two processes that write cannot wait for each other.
        """
        with self._lock:
            counted, self._counts = self._counts, Counter()
        try:
            yield sorted(counted.items())
        except BaseException:
            with self._lock:
                self._counts.update(counted)
            raise
