"""The table that comes of it: a row for each thing that was measured."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

COLUMNS = ("what", "DiscussIt", "peer", "ratio", "to reach", "held")


@dataclass
class Series:
    """What one contender came to in each round, and what went wrong on the way."""

    values: list[float]
    problems: list[str] = field(default_factory=list)


class Goal(NamedTuple):
    """What the median is to reach: so much `or_more`, or else so much or less."""

    limit: float
    unit: str
    or_more: bool = False

    def __str__(self) -> str:
        return f"{'at least' if self.or_more else 'at most'} {figure(self.limit)}{self.unit}"

    def is_reached(self, values: Sequence[float]) -> bool:
        median = statistics.median(values)
        return median >= self.limit if self.or_more else median <= self.limit


class Row(NamedTuple):
    what: str
    ours: str = "-"
    peer: str = "-"
    ratio: str = "-"
    to_reach: str = "-"
    held: str = "-"


def heading() -> str:
    return line(COLUMNS) + "\n" + "|---" * len(COLUMNS) + "|"


def line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def plain(what: str, ours: Series, unit: str, goal: Goal | None = None) -> Row:
    """A figure of DiscussIt's own, against its goal where it has one."""
    to_reach = str(goal) if goal else "-"
    return Row(
        what, spread(ours.values, unit), to_reach=to_reach, held=held(ours, ours.values, goal)
    )


def compared(what: str, ours: Series, peer: Series, unit: str, goal: Goal | None = None) -> Row:
    """A figure of both, and ours divided by the peer's, round by round."""
    ratios = [a / b for a, b in zip(ours.values, peer.values, strict=True) if b]
    their = spread(peer.values, unit)
    if peer.problems:
        their += f" ({'; '.join(peer.problems)})"
    return Row(
        what,
        spread(ours.values, unit),
        their,
        spread(ratios, " ×") if ratios else "-",
        str(goal) if goal else "-",
        held(ours, ratios, goal),
    )


def held(ours: Series, values: Sequence[float], goal: Goal | None) -> str:
    """Say whether nothing of ours went wrong, and whether the goal is reached, where there is one."""
    if ours.problems:
        return f"NO: {'; '.join(ours.problems)}"
    if goal is None:
        return "correct"
    return "yes" if values and goal.is_reached(values) else "NO"


def spread(values: Sequence[float], unit: str) -> str:
    """Return the least, the median and the most of them."""
    shown = (min(values), statistics.median(values), max(values))
    return " / ".join(figure(value) for value in shown) + unit


def figure(value: float) -> str:
    """Return three digits, or all of a larger number: 0.123, 12.3, 1,234."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
