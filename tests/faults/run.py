"""One run of one fault: how often, for how long, and what the report will say of it."""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

from tests.faults.repetitions import FAULTS, Repetitions


class Run:
    def __init__(self, repetitions: Repetitions) -> None:
        self.title = repetitions.title
        self.count = repetitions.times
        # How many repetitions began and came to their end.
        self.done = 0
        # Whatever the report says beyond: see Ledger.numbers().
        self.numbers: dict[str, Any] = {}

    def repeat(self) -> Iterator[int]:
        """Yield 0, 1, ... for each repetition, and count those that came to their end.

        Several who share this iterator share the repetitions.
        """
        for number in range(self.count):
            yield number
            self.done += 1


@asynccontextmanager
async def fault(name: str, way: str | None = None) -> AsyncIterator[Run]:
    """Give a run of the named fault its time, and report on it however it ends.

    The report is a line of JSON at the end of the file that FAULTS_REPORT names. `way` is for the test of a
    fault that is marked both_ways: its reports say in which way the frames went (tests/ways.py).
    """
    run = Run(FAULTS[name])
    began = time.monotonic()
    outcome = "failed"
    try:
        async with asyncio.timeout(FAULTS[name].bound):
            yield run
        outcome = "held"
    finally:
        _report(
            fault=name,
            title=run.title,
            way=way,
            outcome=outcome,
            repetitions=run.done,
            took=time.monotonic() - began,
            **run.numbers,
        )


def _report(**said: Any) -> None:
    if path := os.environ.get("FAULTS_REPORT"):
        with open(path, "a") as report:
            print(json.dumps(said), file=report)
