"""How fast something is done again and again, and what it takes."""

import os
import statistics
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple


class Rate(NamedTuple):
    """How many were done in a second; the rest is in seconds. `cpu` is what each took."""

    per_second: float
    median: float
    p99: float
    slowest: float
    cpu: float

    def cells(self, *, median: bool = False) -> list[str]:
        times = [*([self.median] if median else []), self.p99, self.cpu]
        return [f"{self.per_second:,.0f}", *(f"{each * 1000:.1f} ms" for each in times)]


def rate_of(taken: list[float], seconds: float, cpu: float) -> Rate:
    """`taken` are the seconds that each took, `seconds` how long all did, `cpu` what all took."""
    ordered = sorted(taken)
    p99 = ordered[len(ordered) * 99 // 100]
    each = cpu / len(ordered)
    return Rate(len(taken) / seconds, statistics.median(ordered), p99, ordered[-1], each)


def cpu_of(*pids: int) -> float:
    """Return the seconds of CPU that these processes and their children have used (proc(5))."""
    used: dict[int, int] = {}
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            number = int(stat.parent.name)
            parents[number] = int(fields[1])
            # Those of children that have ended are in the parent's.
            used[number] = sum(map(int, fields[11:15]))
    ticks = sum(used[n] for n in used if n in pids or parents[n] in pids)
    return ticks / os.sysconf("SC_CLK_TCK")
