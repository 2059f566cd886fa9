"""Threads that answer requests give way to threads that many wait for.

All threads share one interpreter. A line that crosses them would wait at each statement for one that computes
a page (bench.attacks: forms, brackets, toggles): whoever asked for the page waits for it alone, and some
milliseconds longer.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, local
from typing import Any

from django.db import connection

# Seconds that a request waits at most, in all: it is answered even where something is always urgent.
PATIENCE = 0.02

# Set while nothing urgent is under way.
_calm = Event()
_calm.set()
_under_way = 0


class _Patience:
    """How long somebody still waits for others."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def spend(self) -> None:
        """Wait until nothing urgent is under way; but not in a transaction, for whose locks others wait.

        Whoever holds another lock here keeps others waiting for as long.
        """
        if self._seconds > 0 and not connection.in_atomic_block:
            begin = time.monotonic()
            _calm.wait(self._seconds)
            self._seconds -= time.monotonic() - begin


# What each thread has. Not a context's: a bell that a request rings would take it to the event loop.
_at_hand = local()


@contextmanager
def urgent() -> Iterator[None]:
    """Have others give way to what is done in here. For the thread of the event loop."""
    global _under_way
    _under_way += 1
    _calm.clear()
    try:
        yield
    finally:
        _under_way -= 1
        if not _under_way:
            _calm.set()


@contextmanager
def patient() -> Iterator[None]:
    """Let what this thread does in here give way at each statement, and wherever else it says so."""
    _at_hand.patience = _Patience(PATIENCE)
    try:
        with connection.execute_wrapper(_give_way_first):
            yield
    finally:
        del _at_hand.patience


def give_way() -> None:
    """Wait a moment, where what this thread does is patient and something urgent is under way."""
    if not _calm.is_set() and (patience := getattr(_at_hand, "patience", None)):
        patience.spend()


def _give_way_first(execute: Callable[..., Any], *args: Any) -> Any:
    give_way()
    return execute(*args)
