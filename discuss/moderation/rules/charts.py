"""Charts as geometry: where the bars of numbers stand, and what their scale says."""

from collections.abc import Sequence
from typing import NamedTuple

# What the top of a scale begins with. Half of each is a whole number, but of 1, which is no top.
_TOPS = (2, 4, 6, 8, 10, 20)
# How much of the room that a bar has it takes.
_SHARE = 0.75
# A bar that stands for something is seen, however much more others stand for.
_LEAST = 1.5


class Area(NamedTuple):
    """Where the bars of a chart may stand, in the units of its `viewBox`."""

    x: float
    y: float
    width: float
    height: float

    @property
    def bottom(self) -> float:
        return self.y + self.height


class Bar(NamedTuple):
    """One number. `x`, `y`, `width`, `height` are the bar; `room` and `room_width` all that is its own."""

    x: float
    y: float
    width: float
    height: float
    room: float
    room_width: float


class Tick(NamedTuple):
    """A number of the scale, and how high it stands."""

    value: int
    y: float


def top_of(most: int) -> int:
    """Return the top of a scale that reaches as far as `most`, with a whole number in its middle."""
    power = 1
    while _TOPS[-1] * power < most:
        power *= 10
    return next(top * power for top in _TOPS if top * power >= most)


def ticks_of(top: int, area: Area) -> list[Tick]:
    """Return the numbers of a scale, the lowest first."""
    return [Tick(value, _height_of(value, top, area)) for value in (0, top // 2, top)]


def bars_of(values: Sequence[int], top: int, area: Area) -> list[Bar]:
    """Return a bar for each number, side by side, so that `top` is as high as the area."""
    room = area.width / max(len(values), 1)
    width = room * _SHARE
    bars = []
    for place, value in enumerate(values):
        height = max(area.bottom - _height_of(value, top, area), _LEAST) if value else 0
        left = area.x + place * room
        bars.append(
            Bar(
                round(left + (room - width) / 2, 2),
                round(area.bottom - height, 2),
                round(width, 2),
                round(height, 2),
                round(left, 2),
                round(room, 2),
            )
        )
    return bars


def percentile(ordered: Sequence[float], hundredth: int) -> float | None:
    """Return the smallest of these numbers than which so many of a hundred are not larger; None of none.

    It is one of the numbers themselves: https://en.wikipedia.org/wiki/Percentile#The_nearest-rank_method
    """
    if not ordered:
        return None
    rank = -(-len(ordered) * hundredth // 100)
    return ordered[max(rank, 1) - 1]


def _height_of(value: int, top: int, area: Area) -> float:
    return round(area.bottom - area.height * value / top, 2)
